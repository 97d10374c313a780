package org.partyline.shell.channel;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;

/** Reads what a channel's key derivation is to cost. */
final class KdfChoice {
    private KdfChoice() {}

    /**
     * @param name a derivation, in any case; null: ARGON2ID
     * @param timeCost null: the derivation's default
     * @param memory null: the derivation's default
     * @param parallelism null: the derivation's default
     * @return within the limits; empty when nothing was chosen
     */
    static Optional<KdfParameters> parse(String name, Integer timeCost, Integer memory, Integer parallelism)
            throws CommandError {
        if (name == null && timeCost == null && memory == null && parallelism == null) {
            return Optional.empty();
        }
        KdfParameters usual = KdfParameters.defaults(name == null ? KdfId.ARGON2ID : id(name));
        try {
            return Optional.of(KdfLimits.parameters(
                    usual.id(),
                    timeCost == null ? usual.timeCost() : timeCost,
                    memory == null ? usual.memory() : memory,
                    parallelism == null ? usual.parallelism() : parallelism));
        } catch (IllegalArgumentException e) {
            throw new CommandError(e.getMessage(), e);
        }
    }

    private static KdfId id(String name) throws CommandError {
        String wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(KdfId.values())
                .filter(id -> id.name().equals(wanted))
                .findFirst()
                .orElseThrow(
                        () -> new CommandError("there is no key derivation '" + Sanitizer.line(name) + "': take one of "
                                + Arrays.stream(KdfId.values()).map(Enum::name).collect(Collectors.joining(", "))));
    }

    /** {@code ARGON2ID, 3 passes, 64 MiB, 4 lanes}. */
    static String describe(KdfParameters kdf) {
        return switch (kdf.id()) {
            case ARGON2ID ->
                "ARGON2ID, " + (kdf.timeCost() == 1 ? "1 pass" : kdf.timeCost() + " passes") + ", "
                        + memory(kdf.memory()) + ", " + Units.count(kdf.parallelism(), "lane");
            case PBKDF2_SHA256 -> "PBKDF2_SHA256, " + Units.count(kdf.memory(), "iteration");
            case SCRYPT -> "SCRYPT, N " + kdf.memory() + ", r " + kdf.timeCost() + ", p " + kdf.parallelism();
        };
    }

    private static String memory(int kib) {
        return kib % 1024 == 0 ? kib / 1024 + " MiB" : kib + " KiB";
    }
}
