package org.partyline.chat.live;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.partyline.api.PartylineException;
import org.partyline.chat.model.ConversationAddress;

/**
 * Copies the messages of one conversation to a file that only the server's user can read, unencrypted. It is a new
 * file: nothing is overwritten, and no link is followed. Used by one thread.
 */
final class Transcript {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path file;
    private final String persona;
    private final ConversationAddress place;
    private final BufferedWriter writer;
    /** The numbers of messages in the file: some are reported twice. */
    private final Set<Long> written = new HashSet<>();

    private Transcript(Path file, String persona, ConversationAddress place, BufferedWriter writer) {
        this.file = file;
        this.persona = persona;
        this.place = place;
        this.writer = writer;
    }

    /**
     * Begins a transcript.
     *
     * @param directory the directory chosen by the operator; empty if none
     * @throws PartylineException says why not, and what to do
     */
    static Transcript begin(Optional<Path> directory, String name, String persona, ConversationAddress place)
            throws PartylineException {
        if (directory.isEmpty()) {
            throw new PartylineException(
                    "transcripts are off: choose a directory with partyline:config chat.transcripts");
        }
        if (!NAME.matcher(name).matches()) {
            throw new PartylineException("a transcript's name has up to 64 letters, digits, dots, underscores and "
                    + "hyphens: /transcript NAME");
        }
        Path file = directory.get().resolve(name);
        if (!Files.isDirectory(directory.get(), LinkOption.NOFOLLOW_LINKS)) {
            throw new PartylineException("there is no directory " + directory.get() + ": create it first");
        }
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            BufferedWriter writer =
                    new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8.newEncoder(), -1));
            return new Transcript(file, persona, place, writer);
        } catch (FileAlreadyExistsException e) {
            throw new PartylineException("there is a file " + file + " already: choose another name", e);
        } catch (IOException | UnsupportedOperationException e) {
            throw new PartylineException("the file " + file + " cannot be written: choose another directory", e);
        }
    }

    Path file() {
        return file;
    }

    boolean isOf(String someone, ConversationAddress somewhere) {
        return persona.equals(someone) && place.equals(somewhere);
    }

    /** Adds a message once. @param lines safe to print */
    void add(long id, Instant sent, String sender, List<String> lines) throws IOException {
        if (written.add(id)) {
            writer.write(TIME.format(sent) + " UTC  " + sender + ": " + String.join("\n    ", lines) + "\n");
            writer.flush();
        }
    }

    void end() {
        try {
            writer.close();
        } catch (IOException e) {
            // Everything that was added was written at once.
        }
    }
}
