# SPDX-License-Identifier: Apache-2.0
"""Each check fails on a bad example and is silent on a good one beside it."""
import sys
import unittest

sys.dont_write_bytecode = True
import layers  # noqa: E402
import style  # noqa: E402
import texts  # noqa: E402
import tidy  # noqa: E402
from source import Tree, strip, strings_in  # noqa: E402

HEAD = "// SPDX-License-Identifier: Apache-2.0\n"


def found(check, files):
    return [f"{path}:{line}" for path, line, _ in check(Tree(files))]


def clean_map(*folders):
    rows = "".join(f"| `{folder}` | words |\n" for folder in folders)
    return f"{texts.MAP_BEGIN}\n| folder | holds |\n|---|---|\n{rows}{texts.MAP_END}\n"


# check -> list of (files, expected findings)
EXAMPLES = {
    layers.check_includes: [
        ({"src/wire/sip/a.h": '#include "base/result.h"\n#include "wire/sip/b.h"\n'}, []),
        ({"src/wire/sip/a.h": '\n#include "io/loop/loop.h"\n'}, ["src/wire/sip/a.h:2"]),
        ({"src/base/a.cpp": '#include "wire/sip/uri.h"\n'}, ["src/base/a.cpp:1"]),
        ({"src/domain/endpoint/a.cpp": '#include "domain/conversation/events.h"\n'}, ["src/domain/endpoint/a.cpp:1"]),
        ({"src/domain/conversation/a.cpp": '#include "domain/endpoint/events.h"\n'}, []),
        ({"src/domain/conversation/a.cpp": '#include "domain/endpoint/binding_table.h"\n'}, ["src/domain/conversation/a.cpp:1"]),
        ({"src/io/secret/a.cpp": '#include "domain/directory/ports.h"\n'}, []),
        ({"src/io/secret/a.cpp": '#include "domain/directory/directory.h"\n'}, ["src/io/secret/a.cpp:1"]),
        ({"src/face/simple/a.cpp": '#include "io/net/transport.h"\n'}, ["src/face/simple/a.cpp:1"]),
        ({"src/server/a.cpp": '#include "wire/sip/uri.h"\n'}, []),
        ({"src/server/a.cpp": '#include "shard.h"\n'}, ["src/server/a.cpp:1"]),
        ({"src/news/a.cpp": ""}, ["src/news/a.cpp:1"]),
        ({"src/wire/sip/a.h": '// #include "io/loop/loop.h"\n'}, []),
    ],
    layers.check_libraries: [
        ({"src/io/loop/a.cpp": "#include <boost/asio/post.hpp>\n"}, []),
        ({"src/io/loop/a.h": "#include <boost/asio/post.hpp>\n"}, ["src/io/loop/a.h:1"]),
        ({"src/server/a.cpp": "#include <boost/asio/post.hpp>\n"}, ["src/server/a.cpp:1"]),
        ({"src/domain/record/a.cpp": "#include <sqlite3.h>\n"}, ["src/domain/record/a.cpp:1"]),
        ({"apps/tertulia/a.cpp": "#include <CLI/CLI.hpp>\n"}, ["apps/tertulia/a.cpp:1"]),
        ({"apps/tertulia/a.h": "#include <nlohmann/json_fwd.hpp>\n"}, []),
    ],
    style.check_banned: [
        ({"src/face/simple/a.cpp": "auto n = std::chrono::steady_clock::now();\n"}, ["src/face/simple/a.cpp:1"]),
        ({"src/io/loop/a.cpp": "auto n = std::chrono::steady_clock::now();\n"}, []),
        ({"src/io/net/a.cpp": "\nlong n = ::time(nullptr);\n"}, ["src/io/net/a.cpp:2"]),
        ({"src/io/net/a.cpp": "record.time(0); keep_time(nullptr);\n"}, []),
        ({"src/io/net/a.cpp": "// std::time(nullptr)\nauto s = \"std::time(nullptr)\";\n"}, []),
        ({"src/io/net/a.cpp": "co_await x;\n"}, ["src/io/net/a.cpp:1"]),
        ({"src/io/net/a.cpp": "#include <regex>\n"}, ["src/io/net/a.cpp:1"]),
        ({"src/io/net/a.cpp": "delete p;\n"}, ["src/io/net/a.cpp:1"]),
        ({"src/io/net/a.cpp": "delete[] p;\n"}, ["src/io/net/a.cpp:1"]),
        ({"src/io/net/a.cpp": "A(const A&) = delete;\n"}, []),
        ({"src/domain/record/a.h": "std::mutex m;\n"}, ["src/domain/record/a.h:1"]),
        ({"src/face/admin/a.cpp": "#include <thread>\n"}, ["src/face/admin/a.cpp:1"]),
        ({"src/io/net/a.h": "std::mutex m;\n"}, []),
        ({"src/io/net/a.h": "#include <iostream>\n"}, ["src/io/net/a.h:1"]),
    ],
    style.check_new: [
        ({"src/io/net/a.cpp": "auto* p = new Thing();\n"}, ["src/io/net/a.cpp:1"]),
        ({"src/io/net/a.cpp": "return std::unique_ptr<Thing>(new Thing(1));\n// a new thing\n"}, []),
        ({"src/io/net/a.cpp": "std::unique_ptr<Thing> a;\nauto* p = new Thing();\n"}, ["src/io/net/a.cpp:2"]),
    ],
    style.check_heads: [
        ({"src/base/a.h": HEAD + "#pragma once\n", "tests/tidy/a.py": "#!/usr/bin/env python3\n#" + HEAD[2:]}, []),
        ({"src/base/a.h": "#pragma once\n"}, ["src/base/a.h:1"]),
        ({"src/base/a.h": HEAD}, ["src/base/a.h:1"]),
        ({"tests/tidy/a.py": '"""Words."""\n'}, ["tests/tidy/a.py:1"]),
    ],
    style.check_file_length: [
        ({"src/base/a.cpp": "\n" * 500}, []),
        ({"src/base/a.cpp": "\n" * 501}, ["src/base/a.cpp:501"]),
    ],
    style.check_function_length: [
        ({"src/base/a.cpp": "int f() {\n" + ";\n" * 68 + "}\n"}, []),
        ({"src/base/a.cpp": "int f() {\n" + ";\n" * 69 + "}\n"}, ["src/base/a.cpp:1"]),
        ({"src/base/a.cpp": "namespace a {\n" + "int f(int x) { return x; }\n" * 100 + "}\n"}, []),
        ({"src/base/a.cpp": "class A final : private B<int(int)> {\n" + "int f() { return 1; }\n" * 100 + "};\n"}, []),
        ({"src/base/a.cpp": "constexpr int table[] = {\n" + "f(1),\n" * 100 + "};\n"}, []),
        ({"src/base/a.cpp": "constexpr std::array rows{\n" + "Row{1},\n" * 100 + "};\n"}, []),
        ({"src/base/a.cpp": "struct A {\nA() : x_{1}, y_(2) {\n" + "if (x) { y(); }\n" * 69 + "}\n};\n"}, ["src/base/a.cpp:2"]),
        ({"src/base/a.cpp": "TEST(A, b) {\n" + "/* } */ f(\"}\", '}');\n" * 70 + "}\n"}, ["src/base/a.cpp:1"]),
    ],
    style.check_text: [
        ({"docs/a.md": "see /usr/share/doc and /var/lib/tertulia\n"}, []),
        ({"docs/a.md": "see /" + "work/somewhere\n"}, ["docs/a.md:1"]),
        ({"src/base/a.cpp": "// TODO(ada): say why\n"}, []),
        ({"src/base/a.cpp": "\n// TO" + "DO say why\n"}, ["src/base/a.cpp:2"]),
    ],
    texts.check_map: [
        ({"src/base/a.h": "", "apps/tertulia/a.cpp": "", "apps/CMakeLists.txt": "", "src/wire/sip/fuzz/a.cpp": "",
          "src/wire/sip/a.h": "", ".ci/run": "", "README.md": clean_map("src/base", "src/wire/sip", "apps/tertulia")}, []),
        ({"src/base/a.h": "", "README.md": clean_map()}, ["README.md:1"]),
        ({"src/base/a.h": "", "README.md": clean_map("src/base", "src/gone")}, ["README.md:5"]),
        ({"README.md": "no map"}, ["README.md:1"]),
    ],
    texts.check_reasons: [
        ({"src/base/reason.def": 'TERTULIA_REASON(a, 1, 400, "A (b)", "C")\nTERTULIA_REASON(b, 2, 400, "B", "D"\n "d")\n'}, []),
        ({"src/base/reason.def": 'TERTULIA_REASON(a, 1, 400, "A", "C")\nTERTULIA_REASON(b, 1, 400, "B", "D")\n'}, ["src/base/reason.def:2"]),
        ({"src/base/reason.def": 'TERTULIA_REASON(a, 1, 400, "A", "")\n'}, ["src/base/reason.def:1"]),
    ],
    texts.check_spanish: [
        ({"apps/tertulia/texts_es.cpp": 'Pair{"Yes {}", "Sí {}"}', "apps/tertulia/a.cpp": 'tr(l, "Yes " "{}")'}, []),
        ({"apps/tertulia/texts_es.cpp": "", "apps/tertulia/a.cpp": 'tr(l, x ? "Yes" : "No")'},
         ["apps/tertulia/a.cpp:1", "apps/tertulia/a.cpp:1"]),
        ({"apps/tertulia/texts_es.cpp": 'Pair{"Yes {}", "Sí"}', "apps/tertulia/a.cpp": 'tr(l, "Yes {}")'}, ["apps/tertulia/texts_es.cpp:1"]),
        ({"apps/tertulia/texts_es.cpp": 'Pair{"Old", "Viejo"}', "apps/tertulia/a.cpp": ""}, ["apps/tertulia/texts_es.cpp:1"]),
        ({"apps/tertulia/texts_es.cpp": "", "apps/tertulia/a.cpp": 'option(sub, "--name", name, "Words")->required()'}, ["apps/tertulia/a.cpp:1"]),
    ],
    texts.check_details: [
        ({"apps/tertulia/texts_es.cpp": 'Form{"at most {}", "como mucho {}"}',
          "src/server/a.cpp": 'Error{Reason::a, fmt::format("name: at most {}", 1)}; Error{Reason::a, "word"}; Error{Reason::a, x}'}, []),
        ({"apps/tertulia/texts_es.cpp": "", "src/server/a.cpp": '\nError{Reason::a, "no such thing"}'}, ["src/server/a.cpp:2"]),
    ],
    texts.check_compat: [
        ({"src/wire/sip/a.h": "// COMPAT(x 1): y", "docs/protocol/sip.md": "| x | `src/wire/sip/a.h` | y |"}, []),
        ({"src/wire/sip/a.h": "\n// COMPAT(x 1): y", "docs/protocol/sip.md": ""}, ["src/wire/sip/a.h:2"]),
        ({"docs/protocol/sip.md": "| x | `src/wire/sip/a.h` | y |"}, ["docs/protocol/sip.md:1"]),
    ],
}


class Checks(unittest.TestCase):
    def test_examples(self):
        for check, examples in EXAMPLES.items():
            for number, (files, expected) in enumerate(examples):
                with self.subTest(check=check.__name__, example=number):
                    self.assertEqual(found(check, files), expected)

    def test_table_must_equal_the_one_that_builds(self):
        calls = "".join(f"tertulia_module({folder} LIBRARIES x\n DEPENDS {' '.join(depends)})\n" for folder, depends in layers.DEPENDS.items())
        path = "cmake/TertuliaTree.cmake"
        self.assertEqual(found(layers.check_table, {path: calls}), [])
        self.assertEqual(found(layers.check_table, {path: calls + "tertulia_module(news)\n"}), [path + ":1"])
        self.assertEqual(found(layers.check_table, {path: calls.replace("DEPENDS base)", "DEPENDS base server)", 1)}), [path + ":1"])

    def test_table_has_no_circle_and_keeps_to_the_tiers(self):
        for folder, depends in layers.DEPENDS.items():
            self.assertNotIn(folder, layers.reach(layers.DEPENDS, folder))
            for other in depends:
                self.assertIn(other.split("/")[0], layers.TIERS[folder.split("/")[0]], folder)

    def test_every_check_has_a_bad_example(self):
        self.assertEqual(set(EXAMPLES) | {layers.check_table}, set(tidy.CHECKS))
        for check, examples in EXAMPLES.items():
            self.assertTrue(any(expected for _, expected in examples), check.__name__)

    def test_strip_keeps_lines_and_numbers(self):
        text = 'a = 1\'000; // x\nb = "}\\"{"; /* {\n */ c = R"(\n")"; d = \'"\';\n'
        self.assertEqual(strip(text).count("\n"), text.count("\n"))
        self.assertEqual(len(strip(text)), len(text))
        self.assertNotIn("{", strip(text))
        self.assertIn("1'000", strip(text))
        self.assertEqual([value for _, value in strings_in(text)], ['}"{', '\n"'])


if __name__ == "__main__":
    unittest.main()
