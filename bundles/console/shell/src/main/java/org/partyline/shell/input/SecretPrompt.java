package org.partyline.shell.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.partyline.shell.command.Context;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;

/**
 * Reads a passphrase or a wallet's words from the operator, without echo, or from a private file. Never from an
 * argument.
 */
public final class SecretPrompt {
    /** Standard input instead of a file. */
    public static final String STANDARD_INPUT = "-";
    /** The minimum number of characters of a new one. */
    static final int SHORTEST = 8;

    private static final int LONGEST_BYTES = 4096;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final Console console;
    private final InputStream standardInput;
    private final Path here;
    private String what = "the passphrase";
    private boolean wholeFile;

    /**
     * @param standardInput the input for {@code -}
     * @param here the directory for relative names
     */
    SecretPrompt(Console console, InputStream standardInput, Path here) {
        this.console = console;
        this.standardInput = standardInput;
        this.here = here;
    }

    /** Creates a prompt for a command. */
    public static SecretPrompt of(Context context) {
        // A pipe before the command is its standard input; Karaf gives each command its own.
        return new SecretPrompt(context.console(), System.in, context.session().currentDir());
    }

    /**
     * Reads an existing passphrase.
     *
     * @param file the value of {@code --passphrase-file}; empty to ask
     * @param option the option's name, for the error in a session that is not interactive
     * @return the caller wipes it
     */
    public char[] existing(Optional<String> file, String question, String option)
            throws CommandError, InterruptedException {
        if (file.isPresent()) {
            return read(file.get());
        }
        mayAsk(option);
        return notEmpty(console.askSecret(question));
    }

    /** Reads a new passphrase: asked for twice, at least {@value #SHORTEST} characters. */
    public char[] fresh(Optional<String> file, String question, String option)
            throws CommandError, InterruptedException {
        if (file.isEmpty()) {
            mayAsk(option);
            return console.askNewSecret(question, SHORTEST);
        }
        char[] secret = read(file.get());
        if (Character.codePointCount(secret, 0, secret.length) < SHORTEST) {
            Arrays.fill(secret, '\0');
            throw new CommandError("the passphrase is too short: use at least " + SHORTEST + " characters");
        }
        return secret;
    }

    /**
     * Reads a wallet's words: the whole content of a file, on any number of lines.
     *
     * @return the caller wipes it
     */
    public char[] words(Optional<String> file, String question, String option)
            throws CommandError, InterruptedException {
        what = "the words";
        wholeFile = true;
        return existing(file, question, option);
    }

    private void mayAsk(String option) throws CommandError {
        if (!console.canAsk()) {
            throw new CommandError("there is no terminal to ask for " + what + ": name a file with " + option
                    + " FILE, or - for standard input");
        }
    }

    private char[] notEmpty(char[] secret) throws CommandError {
        if (secret.length == 0) {
            throw new CommandError((wholeFile ? "no words were" : "no passphrase was") + " given: nothing was done");
        }
        return secret;
    }

    private char[] read(String file) throws CommandError {
        byte[] bytes = new byte[LONGEST_BYTES + 1];
        try {
            int length = file.equals(STANDARD_INPUT) ? fill(standardInput, bytes) : readFile(file, bytes);
            if (length > LONGEST_BYTES) {
                throw new CommandError(what + " in " + name(file) + (wholeFile ? " are" : " is") + " longer than "
                        + LONGEST_BYTES + " bytes: check that it is the right file");
            }
            return notEmpty(text(bytes, length, file));
        } catch (IOException e) {
            throw new CommandError("cannot read " + what + " from " + name(file) + ": check the file and its owner", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private int readFile(String file, byte[] bytes) throws CommandError, IOException {
        Path path = path(file);
        if (Files.isDirectory(path)) {
            throw new CommandError(name(file) + " is a directory: name a file that contains " + what);
        }
        try {
            checkOwnerOnly(path, file);
            try (InputStream in = Files.newInputStream(path)) {
                return fill(in, bytes);
            }
        } catch (NoSuchFileException e) {
            throw new CommandError("there is no file " + name(file) + ": name a file that contains " + what, e);
        }
    }

    private Path path(String file) throws CommandError {
        try {
            return here.resolve(file);
        } catch (InvalidPathException e) {
            throw new CommandError(name(file) + " is not a file name", e);
        }
    }

    private static void checkOwnerOnly(Path path, String file) throws CommandError, IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (Files.isRegularFile(path) && !OWNER_ONLY.containsAll(permissions)) {
            throw new CommandError("other users can read or change " + name(file) + ": run chmod 600 on it first");
        }
    }

    private static int fill(InputStream in, byte[] bytes) throws IOException {
        int length = 0;
        while (length < bytes.length) {
            int more = in.read(bytes, length, bytes.length - length);
            if (more < 0) {
                break;
            }
            length += more;
        }
        return length;
    }

    /** Returns the first line, without the line end that editors and {@code echo} add; or the whole content. */
    private char[] text(byte[] bytes, int length, String file) throws CommandError {
        int end = 0;
        while (end < length && (wholeFile || (bytes[end] != '\n' && bytes[end] != '\r'))) {
            end++;
        }
        CharBuffer chars = null;
        try {
            chars = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, 0, end));
            char[] secret = new char[chars.remaining()];
            chars.get(secret);
            return secret;
        } catch (CharacterCodingException e) {
            throw new CommandError(what + " in " + name(file) + (wholeFile ? " are" : " is")
                    + " not UTF-8 text: save the file as UTF-8");
        } finally {
            if (chars != null) {
                Arrays.fill(chars.array(), '\0');
            }
        }
    }

    private static String name(String file) {
        return file.equals(STANDARD_INPUT) ? "standard input" : "'" + Sanitizer.line(file) + "'";
    }
}
