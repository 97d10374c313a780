package org.partyline.shell.channel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.shell.command.Engine;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;

/** Parses the key derivation options of a channel. */
final class KdfChoice {
    private KdfChoice() {}

    /**
     * @param engine provides the available derivations and their limits
     * @param name a derivation, in any case; null for ARGON2ID
     * @param timeCost null for the derivation's default
     * @param memory null for the derivation's default
     * @param parallelism null for the derivation's default
     * @return within the limits; empty if nothing was chosen
     */
    static Optional<KdfParameters> parse(
            Engine engine,
            @Nullable String name,
            @Nullable Integer timeCost,
            @Nullable Integer memory,
            @Nullable Integer parallelism)
            throws CommandError, PartylineException {
        if (name == null && timeCost == null && memory == null && parallelism == null) {
            return Optional.empty();
        }
        return Optional.of(engine.suites()
                .derivation(
                        Optional.ofNullable(name).map(Sanitizer::line),
                        Optional.ofNullable(timeCost),
                        Optional.ofNullable(memory),
                        Optional.ofNullable(parallelism)));
    }

    /** {@code ARGON2ID, 3 passes, 64 MiB, 4 lanes}. */
    static String describe(KdfParameters kdf) {
        if (kdf.id().equals(KdfId.ARGON2ID)) {
            return "ARGON2ID, " + (kdf.timeCost() == 1 ? "1 pass" : kdf.timeCost() + " passes") + ", "
                    + memory(kdf.memory()) + ", " + Units.count(kdf.parallelism(), "lane");
        }
        if (kdf.id().equals(KdfId.PBKDF2_SHA256)) {
            return "PBKDF2_SHA256, " + Units.count(kdf.memory(), "iteration");
        }
        if (kdf.id().equals(KdfId.SCRYPT)) {
            return "SCRYPT, N " + kdf.memory() + ", r " + kdf.timeCost() + ", p " + kdf.parallelism();
        }
        return kdf.id() + ", time cost " + kdf.timeCost() + ", memory " + kdf.memory() + ", parallelism "
                + kdf.parallelism();
    }

    private static String memory(int kib) {
        return kib % 1024 == 0 ? kib / 1024 + " MiB" : kib + " KiB";
    }
}
