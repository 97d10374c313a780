package org.partyline.doctor;

import java.security.SecureRandom;
import java.util.List;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/**
 * Checks the source of random numbers. Java uses the system's. If it cannot read these, or is configured with another
 * source, it silently generates its own, seeded by that source or by the timing of its threads.
 */
final class RandomnessCheck implements HealthCheck {
    private static final List<String> SYSTEM = List.of("NativePRNG", "Windows-PRNG");

    private final String algorithm;

    /** @param algorithm of a {@link SecureRandom} created without naming one */
    RandomnessCheck(String algorithm) {
        this.algorithm = algorithm;
    }

    /** For the Java that runs this. */
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
