# The Debian package `sentix`: `make package` writes it to build/. It holds the two binaries, the manual page, the
# completions of shells, the units of systemd and /etc/sentix/sentix.toml, which an upgrade leaves as it was changed.
# None of its own rules is part of `make install`.
set(deploy ${PROJECT_SOURCE_DIR}/tools/deploy)

install(PROGRAMS $<TARGET_FILE:sentix_binary> $<TARGET_FILE:sentix_load_binary>
        DESTINATION bin COMPONENT package EXCLUDE_FROM_ALL)
install(FILES ${deploy}/systemd/sentix.service ${deploy}/systemd/sentix.socket
        DESTINATION /lib/systemd/system COMPONENT package EXCLUDE_FROM_ALL)
install(FILES ${deploy}/systemd/sentix.sysusers RENAME sentix.conf
        DESTINATION lib/sysusers.d COMPONENT package EXCLUDE_FROM_ALL)
install(FILES ${deploy}/debian/sentix.toml DESTINATION /etc/sentix COMPONENT package EXCLUDE_FROM_ALL)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION share/doc/sentix COMPONENT package EXCLUDE_FROM_ALL)
install_reference(share/zsh/vendor-completions COMPONENT package EXCLUDE_FROM_ALL)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright
        DESTINATION share/doc/sentix COMPONENT package EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sentix)
set(CPACK_PACKAGE_VENDOR sentix)
set(CPACK_PACKAGE_CONTACT "the developers of sentix <sentix@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "WebSocket publish/subscribe server")
set(CPACK_SET_DESTDIR ON)  # some of it lies outside of /usr
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL package)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${deploy}/debian/conffiles ${deploy}/debian/postinst ${deploy}/debian/prerm ${deploy}/debian/postrm)
include(CPack)
