package org.partyline.consolesocket.client;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * The host key that identifies the server of a home to SSH clients. Karaf would create it when the first client
 * connects; created before the start, it can be pinned from the first connection on.
 */
final class SshHostKey {
    private static final String CURVE = "nistp256";
    private static final String TYPE = "ecdsa-sha2-" + CURVE;
    /** An uncompressed point of P-256 (SEC 1, 2.3.3), which ends such a SubjectPublicKeyInfo. */
    private static final int POINT = 65;

    private static final int COORDINATE_BITS = 256;
    private static final int LINE = 64;

    private final Path privateKey;
    private final Path publicKey;
    private final Path knownHosts;

    /** @param etc the directory of the settings, which a package installs outside the home */
    SshHostKey(Path home, Path etc) {
        privateKey = etc.resolve("host.key");
        publicKey = etc.resolve("host.key.pub");
        knownHosts = home.resolve("known_hosts");
    }

    /** Creates the key if there is none, and writes the known-hosts file for SSH clients. */
    void pin(int port) throws IOException {
        try {
            if (!Files.exists(privateKey)) {
                make();
            }
            write(knownHosts, "[127.0.0.1]:" + port + " " + TYPE + " " + encoded(read()) + "\n");
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    publicKey + " is not a P-256 key: remove it and " + privateKey + ", and new ones are generated", e);
        }
    }

    private void make() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        write(publicKey, pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        write(privateKey, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private PublicKey read() throws IOException, GeneralSecurityException {
        String pem = Files.readString(publicKey).replaceAll("-----[^-]*-----", "");
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(pem);
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("no Base64", e);
        }
    }

    /** Encodes it according to RFC 5656, 3.1. */
    private static String encoded(PublicKey key) throws IOException, GeneralSecurityException {
        if (!(key instanceof ECPublicKey curve)
                || curve.getParams().getCurve().getField().getFieldSize() != COORDINATE_BITS) {
            throw new GeneralSecurityException("another curve");
        }
        byte[] info = key.getEncoded();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (byte[] field : new byte[][] {
            TYPE.getBytes(StandardCharsets.US_ASCII),
            CURVE.getBytes(StandardCharsets.US_ASCII),
            Arrays.copyOfRange(info, info.length - POINT, info.length)
        }) {
            out.writeInt(field.length);
            out.write(field);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String pem(String what, byte[] encoded) {
        String text = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(encoded);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }

    private static void write(Path file, String text) throws IOException {
        FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.deleteIfExists(file);
        try (var channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
            channel.write(StandardCharsets.US_ASCII.encode(text));
        }
    }
}
