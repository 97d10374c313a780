package org.partyline.testkit.protocol;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.packet.LegacyReader;

/** Unencrypted version-1 messages, which are lines of text: a mark of the key, the time, the sender and the text. */
public final class PlainLegacyReader implements LegacyReader {
    private static final byte[] SALT = "a salt of before".getBytes(StandardCharsets.US_ASCII);

    public PlainLegacyReader() {}

    /** Returns the payload that a sender with the key would make. */
    public byte[] payload(SecretBytes key, String sender, String text, long timestamp) {
        String line = "{" + mark(key) + "\n" + timestamp + "\n" + sender + "\n" + text;
        return line.getBytes(StandardCharsets.UTF_8);
    }

    private static String mark(SecretBytes key) {
        return HexFormat.of().formatHex(Plain.hash("version 1", key.expose()));
    }

    @Override
    public boolean isCandidate(byte[] payload) {
        return new String(payload, StandardCharsets.UTF_8).split("\n", 4).length == 4;
    }

    @Override
    public SecretBytes key(KeyDerivation kdf, byte[] password) {
        return kdf.derive(password, SALT, KdfParameters.defaults(kdf.id()), Plain.KEY_LENGTH);
    }

    @Override
    public Optional<LegacyMessage> open(byte[] payload, SecretBytes key, AeadSuite eax) {
        String[] lines = new String(payload, StandardCharsets.UTF_8).split("\n", 4);
        if (!lines[0].equals("{" + mark(key))) {
            return Optional.empty();
        }
        return Optional.of(new LegacyMessage(
                lines[2], lines[3], Long.parseLong(lines[1]), new byte[16], payload.clone(), new byte[16]));
    }
}
