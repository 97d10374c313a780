package org.partyline.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.identity.PublicIdentity;

/** The derivations of PROTOCOL 6. What they give is the caller's to wipe. */
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

    /** CK_0 of the chain that a HANDSHAKE_RESP rides on. */
    static SecretBytes replyChainKey(SecretBytes replySecret, Network network) {
        return derive(replySecret, NO_SALT, label("reply", network));
    }

    /** CK_0 of one direction of a session: whoever shows another identity on either side gets another one. */
    static SecretBytes sessionChainKey(
            SecretBytes seed, PublicIdentity initiator, PublicIdentity responder, Network network) {
        return derive(seed, who(initiator, responder), label("session", network));
    }

    private static byte[] who(PublicIdentity initiator, PublicIdentity responder) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(initiator.signing());
            sha256.update(initiator.agreement());
            sha256.update(responder.signing());
            return sha256.digest(responder.agreement());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** CK_0 of one direction after a KEY_UPDATE. */
    static SecretBytes rekeyedChainKey(SecretBytes seed, Network network) {
        return derive(seed, NO_SALT, label("chain", network));
    }

    /** The seed of one direction after a KEY_UPDATE. */
    static SecretBytes rekeySeed(SecretBytes shared, SecretBytes salt) {
        return derive(shared, salt.expose(), label("rekey"));
    }

    /** What both sides must agree on before the first Noise message. */
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
