package org.partyline.shell.input;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/** Parses the name of a Bitcoin network. */
public final class NetworkName {
    private NetworkName() {}

    /** @param name null if none was given */
    public static Optional<Network> parse(@Nullable String name) throws CommandError {
        if (name == null) {
            return Optional.empty();
        }
        return Optional.of(Network.ofLabel(name)
                .orElseThrow(() -> new CommandError("there is no network '" + Sanitizer.line(name) + "': use one of "
                        + Arrays.stream(Network.values()).map(Network::label).collect(Collectors.joining(", ")))));
    }
}
