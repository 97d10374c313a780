package org.partyline.messaging.control;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A remark about a message, in the body of a CONTROL packet (PROTOCOL 6.1, codes 2 and 5 to 7). */
public sealed interface ControlBody {
    /** The message that it is about. */
    Locator target();

    /** The bytes of the body. */
    byte[] encode();

    /** Asks readers to erase a message of its sender. */
    record Forget(Locator target) implements ControlBody {
        public Forget {
            require(target, Locator.WHOLE);
        }

        @Override
        public byte[] encode() {
            return join(ControlCodes.FORGET, target, "");
        }
    }

    /** Reacts to a message. @param reaction one grapheme; empty: withdraws the previous one */
    record React(Locator target, String reaction) implements ControlBody {
        /** @throws IllegalArgumentException if it is not a valid {@link Reactions#isReaction reaction} */
        public React {
            require(target, Locator.SHORT);
            if (!reaction.isEmpty() && !Reactions.isReaction(reaction)) {
                throw new IllegalArgumentException("a reaction must be one visible character of at most 16 bytes");
            }
        }

        @Override
        public byte[] encode() {
            return join(ControlCodes.REACT, target, reaction);
        }
    }

    /** Replies to a message. */
    record Reply(Locator target, String text) implements ControlBody {
        public Reply {
            require(target, Locator.SHORT);
        }

        @Override
        public byte[] encode() {
            return join(ControlCodes.REPLY, target, text);
        }

        /** Does not show the text. */
        @Override
        public String toString() {
            return "Reply";
        }
    }

    /** Replaces the text of a message of its sender. */
    record Edit(Locator target, String text) implements ControlBody {
        public Edit {
            require(target, Locator.WHOLE);
        }

        @Override
        public byte[] encode() {
            return join(ControlCodes.EDIT, target, text);
        }

        /** Does not show the text. */
        @Override
        public String toString() {
            return "Edit";
        }
    }

    /** Whether a body has one of these codes, well-formed or not. */
    static boolean isAboutMessage(byte[] body) {
        return body.length > 0
                && switch (body[0]) {
                    case ControlCodes.FORGET, ControlCodes.REACT, ControlCodes.REPLY, ControlCodes.EDIT -> true;
                    default -> false;
                };
    }

    /** Parses a body; empty if it has another code or breaks the rules of PROTOCOL 6.1, so that it is ignored. */
    static Optional<ControlBody> parse(byte[] body) {
        if (!isAboutMessage(body)) {
            return Optional.empty();
        }
        boolean whole = body[0] == ControlCodes.FORGET || body[0] == ControlCodes.EDIT;
        int length = whole ? Locator.WHOLE : Locator.SHORT;
        if (body.length < 1 + length) {
            return Optional.empty();
        }
        Locator target = Locator.readFrom(body, length);
        Optional<String> rest = text(body, 1 + length);
        return rest.flatMap(text -> Optional.ofNullable(
                switch (body[0]) {
                    case ControlCodes.FORGET -> text.isEmpty() ? new Forget(target) : null;
                    case ControlCodes.REACT ->
                        text.isEmpty() || Reactions.isReaction(text) ? new React(target, text) : null;
                    case ControlCodes.REPLY -> text.isEmpty() ? null : new Reply(target, text);
                    default -> text.isEmpty() ? null : new Edit(target, text);
                }));
    }

    private static Optional<String> text(byte[] body, int offset) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body, offset, body.length - offset))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static void require(Locator target, int length) {
        if (target.hex().length() != 2 * length) {
            throw new IllegalArgumentException("it must name a message by " + length + " bytes");
        }
    }

    private static byte[] join(byte code, Locator target, String text) {
        byte[] rest = text.getBytes(StandardCharsets.UTF_8);
        byte[] locator = target.bytes();
        return ByteBuffer.allocate(1 + locator.length + rest.length)
                .put(code)
                .put(locator)
                .put(rest)
                .array();
    }
}
