package org.partyline.shell.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.shell.command.Engine;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/** Parses the id of an available carrier. */
public final class CarrierName {
    private CarrierName() {}

    /** @param name null if none was given */
    public static Optional<Carrier> parse(Engine engine, @Nullable String name) throws CommandError {
        return name == null ? Optional.empty() : Optional.of(parse(engine, name, List.of()));
    }

    /**
     * @param name null if none was given
     * @param none the word for no carrier, for which the result is empty
     */
    public static Optional<Carrier> parseOr(Engine engine, @Nullable String name, String none) throws CommandError {
        return name == null || name.equalsIgnoreCase(none)
                ? Optional.empty()
                : Optional.of(parse(engine, name, List.of(none)));
    }

    private static Carrier parse(Engine engine, String name, List<String> others) throws CommandError {
        List<String> words = new ArrayList<>();
        for (Carrier carrier : engine.messages().carriers()) {
            if (carrier.id().equals(name.toLowerCase(Locale.ROOT))) {
                return carrier;
            }
            words.add(carrier.id());
        }
        words.addAll(others);
        String last = words.remove(words.size() - 1);
        throw new CommandError("--carrier must be " + (words.isEmpty() ? "" : String.join(", ", words) + " or ") + last
                + ", not '" + Sanitizer.line(name) + "'");
    }
}
