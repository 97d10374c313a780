package org.partyline.benchmarks;

import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.kdfargon2id.Argon2id;

/** Derives a channel's key from its passphrase, with the protocol's parameters. */
@State(Scope.Benchmark)
public class DerivationBenchmark {
    private static final byte[] SALT = "sixteen bytes ..".getBytes(StandardCharsets.US_ASCII);

    private final KeyDerivation argon2id = new Argon2id();

    /** The suite of the distribution. */
    @Benchmark
    public int ours() {
        try (SecretBytes key = argon2id.derive(new byte[32], SALT, KdfParameters.ARGON2ID_DEFAULT, 32)) {
            return key.expose()[0];
        }
    }
}
