package org.partyline.shell;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.partyline.api.Network;

/** Reads the name of a Bitcoin network. */
final class NetworkName {
    private NetworkName() {}

    /** @param name null: none was given */
    static Optional<Network> parse(String name) throws CommandError {
        if (name == null) {
            return Optional.empty();
        }
        return Optional.of(Network.ofLabel(name)
                .orElseThrow(() -> new CommandError("there is no network '" + Sanitizer.line(name) + "': take one of "
                        + Arrays.stream(Network.values()).map(Network::label).collect(Collectors.joining(", ")))));
    }
}
