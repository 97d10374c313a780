package org.partyline.legacyv1;

import java.util.Map;
import java.util.Optional;
import org.partyline.api.VisibleText;

/**
 * The contents of an opened version-1 message.
 *
 * @param sender at most 32 characters, control and invisible characters removed
 * @param text the message
 * @param timestamp Unix seconds; the fraction is dropped
 */
record LegacyText(String sender, String text, long timestamp) {
    private static final int MAX_SENDER = 32;
    private static final double MAX_TIMESTAMP = 0xffffffffL;

    /** @return empty unless sender, message and timestamp are present with the right types; other fields are ignored */
    static Optional<LegacyText> parse(byte[] plaintext) {
        return FlatJson.parse(plaintext).flatMap(LegacyText::of);
    }

    private static Optional<LegacyText> of(Map<String, Object> fields) {
        if (fields.get("sender") instanceof String sender
                && fields.get("message") instanceof String text
                && fields.get("timestamp") instanceof Double timestamp
                && timestamp >= 0
                && timestamp <= MAX_TIMESTAMP) {
            return Optional.of(new LegacyText(clean(sender), text, timestamp.longValue()));
        }
        return Optional.empty();
    }

    private static String clean(String sender) {
        return sender.codePoints()
                .filter(c -> !VisibleText.isInvisible(c))
                .limit(MAX_SENDER)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "Words[" + text.length() + " characters]";
    }
}
