package org.partyline.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.partyline.api.PartylineException;
import org.partyline.api.PrivateFile;

/** The access token: 64 hex digits in {@code metrics.token} in the home, mode 0600, created if missing. */
final class Token {
    /** The file's name. */
    static final String FILE = "metrics.token";

    private static final int BYTES = 32;
    private static final int LONGEST = 256;
    private static final Pattern FORM = Pattern.compile("[0-9A-Za-z_-]{32,256}");
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
    private static final String SCHEME = "Bearer ";

    private final byte[] expected;

    private Token(String token) {
        expected = (SCHEME + token).getBytes(StandardCharsets.US_ASCII);
    }

    /** @throws PartylineException what is wrong with the file, and what to do */
    static Token in(Path home, SecureRandom random) throws PartylineException {
        Path file = home.resolve(FILE);
        try {
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                byte[] bytes = new byte[BYTES];
                random.nextBytes(bytes);
                PrivateFile.write(file, HexFormat.of().formatHex(bytes) + "\n");
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || !PRIVATE.containsAll(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))
                    || Files.size(file) > LONGEST) {
                throw new PartylineException(file
                        + " is not a short file that only its owner can read: delete it, and a new one is created");
            }
            String token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (!FORM.matcher(token).matches()) {
                throw new PartylineException(
                        file
                                + " does not contain a token of 32 or more letters and digits: delete it, and a new one is created");
            }
            return new Token(token);
        } catch (IOException e) {
            throw new PartylineException(file + " cannot be read or written");
        }
    }

    /** @param authorization the header, or null */
    boolean isIn(String authorization) {
        // Takes the same time wherever the two differ.
        return authorization != null
                && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Does not show it. */
    @Override
    public String toString() {
        return "Token";
    }
}
