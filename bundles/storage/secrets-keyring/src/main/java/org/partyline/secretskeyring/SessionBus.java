package org.partyline.secretskeyring;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Finds the D-Bus session bus of this user. */
final class SessionBus {
    private SessionBus() {}

    /**
     * Its address (D-Bus specification, "Server Addresses"): from the environment, otherwise the socket at systemd's
     * usual path.
     *
     * @param environment returns a variable's value, or null
     * @return empty if there is none
     */
    static Optional<String> address(UnaryOperator<String> environment) {
        String address = environment.apply("DBUS_SESSION_BUS_ADDRESS");
        if (address != null && !address.isBlank()) {
            return Optional.of(address);
        }
        String runtime = environment.apply("XDG_RUNTIME_DIR");
        if (runtime == null || runtime.isBlank()) {
            return Optional.empty();
        }
        Path socket = Path.of(runtime, "bus");
        return Files.exists(socket) ? Optional.of("unix:path=" + socket) : Optional.empty();
    }
}
