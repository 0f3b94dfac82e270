# The house, from the ground up: each folder and what it stands on (tests/tidy proves the same from the #include lines).
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(prometheus-cpp REQUIRED CONFIG)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
# No imported target: the package's file has "-isystem", which is an include at the first configuration and an option from
# the second on, so that whatever uses it would be built twice.  The headers stand where the compiler looks anyway.
pkg_check_modules(KRB5 REQUIRED krb5-gssapi krb5)

tertulia_module(base LIBRARIES fmt::fmt spdlog::spdlog OpenSSL::Crypto PkgConfig::SODIUM)

tertulia_module(wire/sip DEPENDS base)
tertulia_module(wire/sdp DEPENDS base)
tertulia_module(wire/mime DEPENDS base)
tertulia_module(wire/xml DEPENDS base LIBRARIES PkgConfig::EXPAT)
tertulia_module(wire/im DEPENDS base wire/xml)
tertulia_module(wire/pidf DEPENDS base wire/xml)
tertulia_module(wire/rlmi DEPENDS base wire/xml)
tertulia_module(wire/event DEPENDS base wire/xml)
tertulia_module(wire/conference_info DEPENDS base wire/xml)
tertulia_module(wire/lync DEPENDS base wire/xml wire/mime)

tertulia_module(protocol/transaction DEPENDS base wire/sip)
tertulia_module(protocol/dialog DEPENDS base wire/sip)
tertulia_module(protocol/auth DEPENDS base wire/sip)
tertulia_module(protocol/flow DEPENDS base wire/sip)
tertulia_module(protocol/subscription DEPENDS base wire/sip)

tertulia_module(domain/directory DEPENDS base)
tertulia_module(domain/record DEPENDS base domain/directory)
tertulia_module(domain/endpoint DEPENDS base domain/directory domain/record)
tertulia_module(domain/presence DEPENDS base domain/directory domain/endpoint)
tertulia_module(domain/contacts DEPENDS base domain/directory)
tertulia_module(domain/call DEPENDS base domain/directory domain/endpoint domain/record)
tertulia_module(domain/conference DEPENDS base domain/directory domain/endpoint domain/record)
tertulia_module(domain/conversation DEPENDS base domain/directory domain/endpoint domain/record domain/conference
                LIBRARIES PkgConfig::RE2)

tertulia_module(io/loop DEPENDS base)
tertulia_module(io/net DEPENDS base io/loop LIBRARIES OpenSSL::SSL)
tertulia_module(io/http DEPENDS base io/loop io/net)
tertulia_module(io/local DEPENDS base io/loop)
tertulia_module(io/kerberos DEPENDS base protocol/auth LIBRARIES ${KRB5_LIBRARIES})
tertulia_module(io/secret DEPENDS base domain/directory LIBRARIES OpenSSL::Crypto PkgConfig::SODIUM)
tertulia_module(io/tls_dsk DEPENDS base io/secret protocol/auth LIBRARIES OpenSSL::SSL)
tertulia_module(io/store_sqlite DEPENDS base domain/directory domain/record domain/presence domain/contacts
                domain/conversation domain/conference
                LIBRARIES PkgConfig::SQLITE)

tertulia_module(face/simple DEPENDS base wire/sip wire/sdp wire/mime wire/im wire/xml wire/pidf wire/rlmi wire/event
                wire/conference_info protocol/transaction protocol/dialog
                protocol/auth protocol/flow protocol/subscription domain/directory domain/endpoint
                domain/presence domain/contacts domain/call domain/conference domain/conversation domain/record)
tertulia_module(face/lync DEPENDS base wire/sip wire/lync wire/xml wire/mime wire/pidf wire/conference_info
                protocol/transaction protocol/dialog protocol/auth
                domain/directory domain/endpoint domain/presence domain/contacts domain/conference domain/conversation
                face/simple)
tertulia_module(face/web DEPENDS base)
tertulia_module(face/web_ticket DEPENDS base wire/lync protocol/auth domain/directory domain/endpoint face/simple
                face/lync face/web)
tertulia_module(face/web_join DEPENDS base domain/directory domain/conference face/simple face/web)
tertulia_module(face/admin DEPENDS base domain/directory domain/endpoint domain/presence domain/contacts
                domain/conversation domain/record)

tertulia_module(server DEPENDS face/simple face/lync face/web face/web_ticket face/web_join face/admin io/loop io/net io/http io/local
                io/kerberos io/secret io/tls_dsk io/store_sqlite
                LIBRARIES prometheus-cpp::core)

add_subdirectory(apps)
if(TERTULIA_TESTS)
  add_subdirectory(tests)
endif()
