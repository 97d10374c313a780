package org.partyline.itests.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.security.SecurityUtils;

/** A key of someone who comes over SSH. */
public record SshKey(KeyPair pair) {
    static {
        // Java's own is enough, and others are not whole on this class path.
        System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
    }

    /** A new one. */
    public static SshKey make() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return new SshKey(generator.generateKeyPair());
    }

    /** Lets it in, before its server starts. */
    public void letIn(Path home) throws IOException {
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(
                home.resolve("etc/keys.properties"),
                Files.readString(PartylineServer.distribution().resolve("etc/keys.properties")) + "partyline="
                        + PublicKeyEntry.toString(pair.getPublic()).split(" ")[1] + ",_g_:admingroup\n");
    }
}
