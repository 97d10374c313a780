package org.partyline.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.identity.PublicIdentity;

/** Derives the keys of PROTOCOL 6. The caller wipes the results. */
final class SessionKeys {
    private static final int LENGTH = 32;
    private static final byte[] NO_SALT = new byte[0];

    private SessionKeys() {}

    static SecretBytes inboxRoot(SecretBytes inboxSecret, Network network) {
        return derive(inboxSecret, NO_SALT, label("inbox", network));
    }

    static SecretBytes inboxBeacon(SecretBytes inboxRoot) {
        return derive(inboxRoot, NO_SALT, label("beacon"));
    }

    static SecretBytes inboxPacketSecret(SecretBytes inboxRoot, byte[] locator) {
        return derive(inboxRoot, locator, label("inbox packet"));
    }

    /** CK_0 of the chain of a HANDSHAKE_RESP. */
    static SecretBytes replyChainKey(SecretBytes replySecret, Network network) {
        return derive(replySecret, NO_SALT, label("reply", network));
    }

    /** CK_0 of one direction of a session; another identity on either side results in another key. */
    static SecretBytes sessionChainKey(
            SecretBytes seed, PublicIdentity initiator, PublicIdentity responder, Network network) {
        return derive(seed, who(initiator, responder), label("session", network));
    }

    private static byte[] who(PublicIdentity initiator, PublicIdentity responder) {
        return hash(initiator.signing(), initiator.agreement(), responder.signing(), responder.agreement());
    }

    /** CK_0 of one direction after a KEY_UPDATE. */
    static SecretBytes rekeyedChainKey(SecretBytes seed, Network network) {
        return derive(seed, NO_SALT, label("chain", network));
    }

    /** The seed of one direction after a KEY_UPDATE. */
    static SecretBytes rekeySeed(SecretBytes shared, SecretBytes salt) {
        return derive(shared, salt.expose(), label("rekey"));
    }

    /** The seed of one direction after a KEY_UPDATE with a post-quantum secret. */
    static SecretBytes rekeySeed(SecretBytes shared, SecretBytes secret, SecretBytes salt, byte[] exchangeHash) {
        byte[] label = label("rekey kem\0");
        byte[] info = ByteBuffer.allocate(label.length + exchangeHash.length)
                .put(label)
                .put(exchangeHash)
                .array();
        byte[] both = ByteBuffer.allocate(shared.length() + secret.length())
                .put(shared.expose())
                .put(secret.expose())
                .array();
        try (SecretBytes material = SecretBytes.wrap(both)) {
            return derive(material, salt.expose(), info);
        }
    }

    /** The tag of a KEY_UPDATE with a post-quantum secret. @param ephemeral its X25519 public key */
    static byte[] exchangeTag(SecretBytes secret, byte[] ephemeral) {
        try {
            Mac hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(secret.expose(), "HmacSHA256"));
            hmac.update(label("kem\0"));
            return Arrays.copyOf(hmac.doFinal(ephemeral), 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }

    /** SHA-256 of concatenated byte strings. */
    static byte[] hash(byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha256.update(part);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The data that both sides must agree on before the first Noise message. */
    static byte[] prologue(Network network, Offer offer, SecretBytes replySecret, PublicIdentity responder) {
        byte[] start = "partyline/2\0".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(start.length + 2 + replySecret.length() + 2 * PublicIdentity.KEY_LENGTH)
                .put(start)
                .put(network.code())
                .put(offer.bits())
                .put(replySecret.expose())
                .put(responder.signing())
                .put(responder.agreement())
                .array();
    }

    private static SecretBytes derive(SecretBytes secret, byte[] salt, byte[] info) {
        return SecretBytes.wrap(Hkdf.derive(secret.expose(), salt, info, LENGTH));
    }

    private static byte[] label(String purpose) {
        return ("partyline/2 " + purpose).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] label(String purpose, Network network) {
        return ("partyline/2 " + purpose + "\0" + (char) network.code()).getBytes(StandardCharsets.US_ASCII);
    }
}
