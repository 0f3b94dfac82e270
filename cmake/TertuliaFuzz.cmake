# Fuzz programs.  With preset fuzz, target `fuzzers` builds them all and nothing that they do not need; scripts/fuzz runs them.
option(TERTULIA_FUZZ "Build the fuzz programs (clang, libFuzzer)" OFF)
if(TERTULIA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "the fuzz programs need clang's libFuzzer")
  endif()
  set(TERTULIA_TESTS OFF)   # they have presets of their own
  add_custom_target(fuzzers)
endif()

# tertulia_fuzzer(<source> <library>...): one libFuzzer program, named after its source.
function(tertulia_fuzzer source)
  get_filename_component(target ${source} NAME_WE)
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE ${ARGN})
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${target})
endfunction()
