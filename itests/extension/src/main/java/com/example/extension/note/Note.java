package com.example.extension.note;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.partyline.api.receive.PacketForm;

/**
 * A note that anybody can read: a mark with the edition that its reader has to be of, a number, the channel's name and the words, a line each.
 *
 * @param edition 1 to 9
 * @param number another one for each note
 */
record Note(int edition, int number, String channel, String text) {
    static final int MOST = 80;

    private static final String MARK = "note";
    private static final int LEAST = 10;

    static final PacketForm FORM = new PacketForm(MARK.getBytes(StandardCharsets.US_ASCII), LEAST, MOST);

    byte[] bytes() {
        return (MARK + edition + "\n" + Integer.toHexString(number) + "\n" + channel + "\n" + text)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @return empty: it is none, whatever it looks like */
    static Optional<Note> of(byte[] payload) {
        CharBuffer characters;
        try {
            characters = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        String[] lines = characters.toString().split("\n", 4);
        return lines.length == 4
                        && lines[0].matches(MARK + "[1-9]")
                        && lines[1].matches("[0-9a-f]{1,8}")
                        && !lines[2].isEmpty()
                        && !lines[3].isEmpty()
                ? Optional.of(new Note(
                        lines[0].charAt(MARK.length()) - '0',
                        Integer.parseUnsignedInt(lines[1], 16),
                        lines[2],
                        lines[3]))
                : Optional.empty();
    }
}
