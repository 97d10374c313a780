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

/** A key of an SSH user. */
public record SshKey(KeyPair pair) {
    static {
        // Java's own provider is sufficient, and others are incomplete on this class path.
        System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
    }

    /** Creates one. */
    public static SshKey make() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return new SshKey(generator.generateKeyPair());
    }

    /** Authorises it, before its server starts. */
    public void letIn(Path home) throws IOException {
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(
                home.resolve("etc/keys.properties"),
                Files.readString(PartylineServer.distribution().resolve("etc/keys.properties")) + "partyline="
                        + PublicKeyEntry.toString(pair.getPublic()).split(" ")[1] + ",_g_:admingroup\n");
    }
}
