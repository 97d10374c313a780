package org.partyline.api;

import java.io.ByteArrayOutputStream;
import java.util.Locale;

/**
 * Encodes bytes as bech32m text (BIP350), without the 90-character limit of addresses (PROTOCOL 6.1).
 *
 * <p>Decoding accepts upper or lower case, not a mix, and rejects non-zero padding.
 */
public final class Bech32m {
    private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int CHECKSUM_LENGTH = 6;
    private static final int BECH32M_CONSTANT = 0x2bc830a3;
    private static final int[] GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};

    private Bech32m() {}

    /**
     * @param prefix the human-readable part, lower-case ASCII letters and digits
     * @param data any number of bytes
     * @return lower-case text
     */
    public static String encode(String prefix, byte[] data) {
        byte[] words = toWords(data);
        int check = polymod(prefix, words, CHECKSUM_LENGTH) ^ BECH32M_CONSTANT;
        StringBuilder text = new StringBuilder(prefix.length() + 1 + words.length + CHECKSUM_LENGTH);
        text.append(prefix).append('1');
        for (byte word : words) {
            text.append(ALPHABET.charAt(word));
        }
        for (int i = 0; i < CHECKSUM_LENGTH; i++) {
            text.append(ALPHABET.charAt(check >>> 5 * (CHECKSUM_LENGTH - 1 - i) & 31));
        }
        return text.toString();
    }

    /**
     * @param prefix the expected human-readable part
     * @param text the result of {@link #encode}, in either case
     * @return the bytes
     * @throws IllegalArgumentException if the text is invalid; the message says why and does not repeat the text
     */
    public static byte[] decode(String prefix, String text) {
        // BIP350 allows ASCII only. Some other letters (such as the Kelvin sign) have an ASCII letter as their lower
        // case.
        if (text.chars().anyMatch(c -> c < '!' || c > '~')) {
            throw new IllegalArgumentException("it contains a space or a non-ASCII character");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (!text.equals(lower) && !text.equals(text.toUpperCase(Locale.ROOT))) {
            throw new IllegalArgumentException("it mixes upper and lower case");
        }
        int separator = lower.lastIndexOf('1');
        if (separator < 1 || !lower.substring(0, separator).equals(prefix)) {
            throw new IllegalArgumentException("it does not start with " + prefix + "1");
        }
        int wordCount = lower.length() - separator - 1 - CHECKSUM_LENGTH;
        if (wordCount < 0) {
            throw new IllegalArgumentException("it is too short");
        }
        byte[] words = new byte[wordCount + CHECKSUM_LENGTH];
        for (int i = 0; i < words.length; i++) {
            int word = ALPHABET.indexOf(lower.charAt(separator + 1 + i));
            if (word < 0) {
                throw new IllegalArgumentException("character " + (separator + 2 + i) + " is not allowed");
            }
            words[i] = (byte) word;
        }
        if (polymod(prefix, words, 0) != BECH32M_CONSTANT) {
            throw new IllegalArgumentException("its checksum is wrong: a character is missing or changed");
        }
        return fromWords(words, wordCount);
    }

    private static byte[] toWords(byte[] data) {
        byte[] words = new byte[(data.length * 8 + 4) / 5];
        int accumulator = 0;
        int bits = 0;
        int next = 0;
        for (byte b : data) {
            accumulator = (accumulator << 8 | b & 0xff) & 0xfff;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                words[next++] = (byte) (accumulator >>> bits & 31);
            }
        }
        if (bits > 0) {
            words[next] = (byte) (accumulator << 5 - bits & 31);
        }
        return words;
    }

    private static byte[] fromWords(byte[] words, int count) {
        ByteArrayOutputStream data = new ByteArrayOutputStream(count * 5 / 8);
        int accumulator = 0;
        int bits = 0;
        for (int i = 0; i < count; i++) {
            accumulator = (accumulator << 5 | words[i]) & 0xfff;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                data.write(accumulator >>> bits & 0xff);
            }
        }
        // BIP173: at most four padding bits, all of them zero.
        if (bits >= 5 || (accumulator & (1 << bits) - 1) != 0) {
            throw new IllegalArgumentException("its padding is wrong");
        }
        return data.toByteArray();
    }

    private static int polymod(String prefix, byte[] words, int zeros) {
        int check = 1;
        for (int i = 0; i < prefix.length(); i++) {
            check = step(check) ^ prefix.charAt(i) >>> 5;
        }
        check = step(check);
        for (int i = 0; i < prefix.length(); i++) {
            check = step(check) ^ prefix.charAt(i) & 31;
        }
        for (byte word : words) {
            check = step(check) ^ word;
        }
        for (int i = 0; i < zeros; i++) {
            check = step(check);
        }
        return check;
    }

    private static int step(int check) {
        int top = check >>> 25;
        int next = (check & 0x1ffffff) << 5;
        for (int i = 0; i < GENERATOR.length; i++) {
            if ((top >>> i & 1) == 1) {
                next ^= GENERATOR[i];
            }
        }
        return next;
    }
}
