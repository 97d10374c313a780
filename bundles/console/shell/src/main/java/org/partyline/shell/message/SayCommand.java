package org.partyline.shell.message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.jspecify.annotations.Nullable;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Sends the unchanged rest of its line, or standard input. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "say",
        description = "Send the rest of the line unchanged, or standard input; options come first",
        detailedDescription = "partyline:say It's $5, or 100% of it!\n"
                + "partyline:say --to bob Only you can read this: \"quoted\" and all\n"
                + "partyline:say -- --these words begin with hyphens")
@Needs(Role.TALK)
final class SayCommand extends SendCommand {
    private static final int LONGEST_BYTES = 1 << 20;

    @Argument(
            name = "TEXT",
            description = "Sent unchanged; write -- before a text that begins with --; if omitted, standard input "
                    + "is sent, on a terminal all lines until Ctrl-D",
            multiValued = false)
    private @Nullable List<String> rest;

    @Override
    protected boolean takesRestOfLine() {
        return true;
    }

    @Override
    String text(List<String> given) throws CommandError, InterruptedException {
        // If this was called with a list of words instead of a line, the original spacing is lost.
        String text = rest == null ? read() : String.join(" ", rest);
        if (text.isBlank()) {
            throw new CommandError("the text is empty: write a message");
        }
        return text;
    }

    private String read() throws CommandError, InterruptedException {
        if (console().canAsk()) {
            return typed();
        }
        byte[] bytes = new byte[0];
        try {
            bytes = standardInput();
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replace("\r\n", "\n");
        } catch (CharacterCodingException e) {
            throw new CommandError("standard input is not UTF-8 text: nothing was sent");
        } catch (IOException e) {
            throw new CommandError("standard input could not be read: nothing was sent", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private String typed() throws CommandError, InterruptedException {
        console().line("Type the message. Press Ctrl-D on an empty line to send it, Ctrl-C to cancel.");
        StringBuilder text = new StringBuilder();
        Optional<String> line = console().nextLine("> ");
        while (line.isPresent()) {
            text.append(text.isEmpty() ? "" : "\n").append(line.get());
            line = console().nextLine("> ");
        }
        return text.toString();
    }

    private static byte[] standardInput() throws CommandError, IOException {
        InputStream in = System.in;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[4096];
        try {
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                all.write(some, 0, count);
                if (all.size() > LONGEST_BYTES) {
                    throw new CommandError(
                            "standard input is longer than " + LONGEST_BYTES + " bytes: too long for a message");
                }
            }
        } finally {
            Arrays.fill(some, (byte) 0);
        }
        return all.toByteArray();
    }
}
