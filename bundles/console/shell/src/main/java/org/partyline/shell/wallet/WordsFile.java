package org.partyline.shell.wallet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/** A new file for a wallet's words, mode 0600. It is created first, so that no wallet is left without its words. */
final class WordsFile {
    private final Path path;

    private WordsFile(Path path) {
        this.path = path;
    }

    /** @throws CommandError if it exists already, or cannot be created */
    static WordsFile create(Path path) throws CommandError {
        try {
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(path);
            }
            return new WordsFile(path);
        } catch (FileAlreadyExistsException e) {
            throw new CommandError(
                    "the file " + Sanitizer.line(path.toString()) + " already exists: choose another name", e);
        } catch (IOException e) {
            throw new CommandError(
                    "cannot create the file " + Sanitizer.line(path.toString())
                            + ": check its directory and who owns it",
                    e);
        }
    }

    /** @throws CommandError if the words cannot be written */
    void write(char[] words) throws CommandError {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(words));
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.write(ByteBuffer.wrap(new byte[] {'\n'}));
            out.force(true);
        } catch (IOException e) {
            throw new CommandError(
                    "cannot write the file " + Sanitizer.line(path.toString()) + ": see partyline:wallet-words", e);
        } finally {
            Arrays.fill(bytes.array(), (byte) 0);
        }
    }

    /** Removes the file, if there are no words for it. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // An empty file remains, which does no harm.
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
