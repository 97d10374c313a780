package org.partyline.api.crypto;

/**
 * The limits of key derivations (PROTOCOL 2.1). Parameters in an invite, a command, a backup or a stored file may come
 * from an attacker: weak ones would let the passphrase be searched offline from one recorded packet, strong ones would
 * stop this server. Parameters outside the limits are rejected before a passphrase is requested.
 *
 * <p>For a derivation outside the protocol's table, this class only checks what an invite can express; the derivation
 * defines its own limits ({@link KeyDerivation#requireLimits}).
 *
 * <p>The memory that this process can spare is another limit: {@link KdfMemory}.
 */
public final class KdfLimits {
    private static final long LEAST_ARGON2ID_MEMORY = 8_192;
    private static final long MOST_ARGON2ID_MEMORY = 1_048_576;
    private static final long LEAST_ARGON2ID_WORK = 36_864;
    private static final long MOST_ARGON2ID_WORK = 2_097_152;
    private static final long MOST_TIME_COST = 255;
    private static final long LEAST_ITERATIONS = 100_000;
    private static final long MOST_ITERATIONS = 10_000_000;
    private static final long LEAST_N = 8_192;
    private static final long LEAST_SCRYPT_WORK = 262_144;
    /** This also limits memory: 128 N r is at most 1 GiB if N r p is at most this. */
    private static final long MOST_SCRYPT_WORK = 8_388_608;

    private KdfLimits() {}

    /**
     * Checks numbers from an untrusted source, and returns them as parameters.
     *
     * @param memory as wide as in an invite
     * @throws KdfLimitsException if they are outside the limits; says which one is, and what is valid
     */
    public static KdfParameters parameters(KdfId id, int timeCost, long memory, int parallelism) {
        try {
            return checked(id, timeCost, memory, parallelism);
        } catch (KdfLimitsException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            // The derivation is not even defined for these values.
            throw new KdfLimitsException(e.getMessage());
        }
    }

    private static KdfParameters checked(KdfId id, int timeCost, long memory, int parallelism) {
        if (id.equals(KdfId.ARGON2ID)) {
            KdfParameters.range(id, "memory in KiB", memory, LEAST_ARGON2ID_MEMORY, MOST_ARGON2ID_MEMORY);
        } else if (id.equals(KdfId.PBKDF2_SHA256)) {
            // PBKDF2 has only iterations.
            KdfParameters.range(id, "iterations (memory)", memory, LEAST_ITERATIONS, MOST_ITERATIONS);
        } else if (id.equals(KdfId.SCRYPT)) {
            KdfParameters.range(id, "N (memory)", memory, LEAST_N, MOST_SCRYPT_WORK);
        } else {
            KdfParameters.range(id, "memory", memory, 0, Integer.MAX_VALUE);
        }
        KdfParameters parameters = new KdfParameters(id, timeCost, (int) memory, parallelism);
        if (id.equals(KdfId.ARGON2ID)) {
            checkArgon2id(parameters);
        } else if (id.equals(KdfId.SCRYPT)) {
            checkScrypt(parameters);
        }
        return parameters;
    }

    /**
     * Checks parameters.
     *
     * @return these parameters
     * @throws KdfLimitsException as above
     */
    public static KdfParameters require(KdfParameters parameters) {
        return parameters(parameters.id(), parameters.timeCost(), parameters.memory(), parameters.parallelism());
    }

    /**
     * Whether guessing the passphrase costs less than with the defaults. PBKDF2, which fills no memory, always counts
     * as weaker: it is for old channels. So does a derivation outside the protocol's table, whose cost is unknown here.
     */
    public static boolean isWeakerThanDefault(KdfParameters parameters) {
        if (parameters.id().equals(KdfId.ARGON2ID)) {
            KdfParameters usual = KdfParameters.ARGON2ID_DEFAULT;
            return parameters.memory() < usual.memory() || argon2idWork(parameters) < argon2idWork(usual);
        }
        // The same memory with the same p is the same work, and p is at least the default's 1.
        return !parameters.id().equals(KdfId.SCRYPT)
                || parameters.memoryBytes() < KdfParameters.SCRYPT_DEFAULT.memoryBytes();
    }

    private static void checkArgon2id(KdfParameters parameters) {
        long work = argon2idWork(parameters);
        if (work >= LEAST_ARGON2ID_WORK && work <= MOST_ARGON2ID_WORK) {
            return;
        }
        long time = parameters.timeCost();
        long memory = parameters.memory();
        throw new KdfLimitsException("key derivation ARGON2ID: time cost times memory in KiB must be "
                + LEAST_ARGON2ID_WORK + " to " + MOST_ARGON2ID_WORK + ", not " + time + " times " + memory
                + "; use a time cost of " + ceiling(LEAST_ARGON2ID_WORK, memory) + " to "
                + Math.min(MOST_TIME_COST, MOST_ARGON2ID_WORK / memory) + ", or memory of "
                + Math.max(LEAST_ARGON2ID_MEMORY, ceiling(LEAST_ARGON2ID_WORK, time)) + " to "
                + Math.min(MOST_ARGON2ID_MEMORY, MOST_ARGON2ID_WORK / time));
    }

    private static long argon2idWork(KdfParameters parameters) {
        return (long) parameters.timeCost() * parameters.memory();
    }

    private static void checkScrypt(KdfParameters parameters) {
        long work = (long) parameters.memory() * parameters.timeCost() * parameters.parallelism();
        if (work < LEAST_SCRYPT_WORK || work > MOST_SCRYPT_WORK) {
            throw new KdfLimitsException("key derivation SCRYPT: N (memory) times r (time cost) times p"
                    + " (parallelism) must be " + LEAST_SCRYPT_WORK + " to " + MOST_SCRYPT_WORK + ", not "
                    + parameters.memory() + " times " + parameters.timeCost() + " times " + parameters.parallelism()
                    + ": the default is 32768, 8 and 1");
        }
    }

    private static long ceiling(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
