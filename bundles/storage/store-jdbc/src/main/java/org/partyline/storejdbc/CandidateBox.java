package org.partyline.storejdbc;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.KeyAgreement;
import org.partyline.api.crypto.Hkdf;

/**
 * A sealed box: anyone can seal data, and only the owner of the private key can open it.
 *
 * <p>Ephemeral X25519 (RFC 7748), HKDF-SHA256, AES-256-GCM. Key and nonce are derived from the shared secret and both
 * public keys, so they are new for each box, like the ephemeral key. Layout: ephemeral public key (44 bytes, X.509),
 * ciphertext.
 */
final class CandidateBox {
    /** Length of an X25519 public key in X.509 encoding (RFC 8410). */
    static final int PUBLIC_KEY = 44;

    private static final String X25519 = "X25519";
    private static final byte[] INFO = "partyline/store box".getBytes(StandardCharsets.US_ASCII);

    private CandidateBox() {}

    static KeyPair newKeyPair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(X25519);
            generator.initialize(NamedParameterSpec.X25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Java 11 and later have X25519", e);
        }
    }

    /**
     * @param owner the owner's public key in X.509 encoding
     * @throws GeneralSecurityException if it is not a valid public key
     */
    static byte[] seal(byte[] owner, byte[] content, SecureRandom random) throws GeneralSecurityException {
        PublicKey ownerKey = KeyFactory.getInstance(X25519).generatePublic(new X509EncodedKeySpec(owner));
        KeyPair ephemeral = newKeyPair(random);
        byte[] sender = ephemeral.getPublic().getEncoded();
        byte[] publicKeys = join(sender, owner);
        byte[] material = material(ephemeral.getPrivate(), ownerKey, publicKeys);
        byte[] key = Arrays.copyOf(material, Gcm.KEY);
        try {
            byte[] nonce = Arrays.copyOfRange(material, Gcm.KEY, material.length);
            return join(sender, Gcm.seal(key, nonce, publicKeys, Pad.pad(content)));
        } finally {
            StoreKeys.wipe(material, key);
        }
    }

    /**
     * @param owner the owner's public key in X.509 encoding
     * @param ownerPrivate the matching private key in PKCS 8 encoding
     * @throws AEADBadTagException if the box was changed or belongs to another owner
     */
    static byte[] open(byte[] owner, byte[] ownerPrivate, byte[] box) throws AEADBadTagException {
        if (box.length < PUBLIC_KEY + Pad.STEP + Gcm.TAG) {
            throw new AEADBadTagException("too short");
        }
        byte[] sender = Arrays.copyOf(box, PUBLIC_KEY);
        byte[] publicKeys = join(sender, owner);
        byte[] material = new byte[0];
        byte[] key = new byte[0];
        try {
            KeyFactory factory = KeyFactory.getInstance(X25519);
            PublicKey senderKey = factory.generatePublic(new X509EncodedKeySpec(sender));
            PrivateKey privateKey = factory.generatePrivate(new PKCS8EncodedKeySpec(ownerPrivate));
            material = material(privateKey, senderKey, publicKeys);
            key = Arrays.copyOf(material, Gcm.KEY);
            byte[] nonce = Arrays.copyOfRange(material, Gcm.KEY, material.length);
            return Pad.unpad(Gcm.open(key, nonce, publicKeys, Arrays.copyOfRange(box, PUBLIC_KEY, box.length)));
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            AEADBadTagException damaged = new AEADBadTagException("no public key");
            damaged.initCause(e);
            throw damaged;
        } finally {
            StoreKeys.wipe(material, key);
        }
    }

    private static byte[] material(PrivateKey own, PublicKey other, byte[] publicKeys) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance(X25519);
        agreement.init(own);
        // Rejects a point of small order (RFC 7748, section 6.1).
        agreement.doPhase(other, true);
        byte[] shared = agreement.generateSecret();
        try {
            return Hkdf.derive(shared, publicKeys, INFO, Gcm.KEY + Gcm.NONCE);
        } finally {
            StoreKeys.wipe(shared);
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
