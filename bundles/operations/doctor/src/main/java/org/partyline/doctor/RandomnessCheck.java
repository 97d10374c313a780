package org.partyline.doctor;

import java.security.SecureRandom;
import java.util.List;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/**
 * Checks the source of random numbers. Java takes the system's; where it cannot read those, or is told of another
 * source, it makes its own, seeded by that source or by how its threads are timed, and says nothing.
 */
final class RandomnessCheck implements HealthCheck {
    private static final List<String> SYSTEM = List.of("NativePRNG", "Windows-PRNG");

    private final String algorithm;

    /** @param algorithm of a {@link SecureRandom} that was made without naming one */
    RandomnessCheck(String algorithm) {
        this.algorithm = algorithm;
    }

    /** Of the Java that this runs on. */
    static RandomnessCheck here() {
        return new RandomnessCheck(new SecureRandom().getAlgorithm());
    }

    @Override
    public String name() {
        return "randomness";
    }

    @Override
    public List<Finding> examine() {
        return List.of(
                SYSTEM.stream().anyMatch(algorithm::startsWith)
                        ? Finding.ok(name(), "random numbers come from the system (" + algorithm + ")")
                        : Finding.unsafe(
                                name(),
                                "random numbers come from Java (" + algorithm
                                        + "), not from the system: their seed is unknown, and keys may be guessable",
                                "restart the server with /dev/random and /dev/urandom readable and without java.security.egd; "
                                        + "then run partyline:persona-rotate for each persona"));
    }
}
