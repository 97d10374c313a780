package org.partyline.testkit.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** A replacement for any cipher: a stream of hashes, and a hash as the tag. */
public final class PlainSuite implements AeadSuite {
    private final AeadId id;

    /** @param id of the suite that it replaces */
    public PlainSuite(AeadId id) {
        this.id = id;
    }

    @Override
    public AeadId id() {
        return id;
    }

    @Override
    public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
        checkLengths(key, nonce);
        if (!id.seals()) {
            throw new UnsupportedOperationException(id + " seals nothing");
        }
        byte[] ciphertext = xor(key, nonce, plaintext);
        return ByteBuffer.allocate(ciphertext.length + AeadId.TAG_LENGTH)
                .put(ciphertext)
                .put(tag(key, nonce, associatedData, ciphertext))
                .array();
    }

    @Override
    public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException {
        checkLengths(key, nonce);
        int tagAt = ciphertext.length - AeadId.TAG_LENGTH;
        if (tagAt < 0) {
            throw new AuthenticationFailedException();
        }
        byte[] withoutTag = Arrays.copyOf(ciphertext, tagAt);
        byte[] tag = Arrays.copyOfRange(ciphertext, tagAt, ciphertext.length);
        if (!Arrays.equals(tag, tag(key, nonce, associatedData, withoutTag))) {
            throw new AuthenticationFailedException();
        }
        return xor(key, nonce, withoutTag);
    }

    private void checkLengths(byte[] key, byte[] nonce) {
        Plain.requireLength("a key", AeadId.KEY_LENGTH, key.length);
        Plain.requireLength("a nonce", id.nonceLength(), nonce.length);
    }

    private byte[] xor(byte[] key, byte[] nonce, byte[] text) {
        byte[] other = text.clone();
        byte[] stream = new byte[0];
        for (int i = 0; i < other.length; i++) {
            int at = i % AeadId.KEY_LENGTH;
            if (at == 0) {
                stream = Plain.hash(id + " stream " + i, key, nonce);
            }
            other[i] ^= stream[at];
        }
        return other;
    }

    private byte[] tag(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext) {
        return Arrays.copyOf(Plain.hash(id + " tag", key, nonce, associatedData, ciphertext), AeadId.TAG_LENGTH);
    }
}
