package org.partyline.aeadxchacha20poly1305;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/**
 * Implements XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with our ChaCha20 and Bouncy Castle's Poly1305. The
 * platform's and Bouncy Castle's own ciphers take longer to initialise with a key than to open a packet, and each
 * packet has a new key.
 */
@Component
public final class XChaCha20Poly1305 implements AeadSuite {
    private static final AeadId ID = new AeadId(1, "XCHACHA20_POLY1305", 24);
    private static final VarHandle LENGTH = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAC_KEY_LENGTH = 32;
    private static final int MAC_BLOCK_LENGTH = 16;
    private static final KeyParameter ZEROS = new KeyParameter(new byte[MAC_KEY_LENGTH]);

    @Override
    public AeadId id() {
        return ID;
    }

    @Override
    public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
        check(key, nonce);
        try (ChaCha20 cipher = new ChaCha20(key, nonce)) {
            Poly1305 mac = mac(cipher);
            byte[] sealed = new byte[plaintext.length + AeadId.TAG_LENGTH];
            cipher.apply(plaintext, plaintext.length, sealed);
            byte[] tag = tag(mac, associatedData, sealed, plaintext.length);
            System.arraycopy(tag, 0, sealed, plaintext.length, tag.length);
            return sealed;
        }
    }

    @Override
    public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException {
        check(key, nonce);
        int length = ciphertext.length - AeadId.TAG_LENGTH;
        if (length < 0) {
            throw new AuthenticationFailedException();
        }
        try (ChaCha20 cipher = new ChaCha20(key, nonce)) {
            byte[] tag = tag(mac(cipher), associatedData, ciphertext, length);
            if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(ciphertext, length, ciphertext.length))) {
                throw new AuthenticationFailedException();
            }
            byte[] plaintext = new byte[length];
            cipher.apply(ciphertext, length, plaintext);
            return plaintext;
        }
    }

    /** Keyed with the first half of the first block (RFC 8439, section 2.6). */
    private static Poly1305 mac(ChaCha20 cipher) {
        Poly1305 mac = new Poly1305();
        KeyParameter key = new KeyParameter(cipher.nextBlock(), 0, MAC_KEY_LENGTH);
        mac.init(key);
        Arrays.fill(key.getKey(), (byte) 0);
        return mac;
    }

    /**
     * RFC 8439, section 2.8: data and ciphertext, each padded to 16 bytes, and their lengths; in one array, which is
     * faster.
     */
    private static byte[] tag(Poly1305 mac, byte[] associatedData, byte[] ciphertext, int length) {
        int dataEnd = filled(associatedData.length);
        int lengths = dataEnd + filled(length);
        byte[] input = new byte[lengths + MAC_BLOCK_LENGTH];
        System.arraycopy(associatedData, 0, input, 0, associatedData.length);
        System.arraycopy(ciphertext, 0, input, dataEnd, length);
        LENGTH.set(input, lengths, (long) associatedData.length);
        LENGTH.set(input, lengths + Long.BYTES, (long) length);
        mac.update(input, 0, input.length);
        byte[] tag = new byte[AeadId.TAG_LENGTH];
        mac.doFinal(tag, 0);
        // Overwrites the key that it contains.
        mac.init(ZEROS);
        return tag;
    }

    private static int filled(int length) {
        return length + MAC_BLOCK_LENGTH - 1 & -MAC_BLOCK_LENGTH;
    }

    private static void check(byte[] key, byte[] nonce) {
        if (key.length != AeadId.KEY_LENGTH) {
            throw new IllegalArgumentException("a key has 32 bytes, not " + key.length);
        }
        if (nonce.length != ID.nonceLength()) {
            throw new IllegalArgumentException("a nonce here has " + ID.nonceLength() + " bytes, not " + nonce.length);
        }
    }
}
