package org.partyline.storepostgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Determines whether two homes have the same settings: a hash of the effective lines of {@code
 * etc/org.partyline.*.cfg}. Settings that may differ are left out: where a home keeps its secrets and its token, the
 * machine's resources, how to reach the database, and passwords of nodes.
 */
public final class SettingsDigest {
    /** Follows the hash of a home that has no share of the store's keys, and so cannot open the store. */
    public static final String WITHOUT_SHARE = " without share";

    private static final Set<String> OWN = Set.of(
            PostgreSqlSettings.PID,
            "org.partyline.continuity",
            "org.partyline.hardening",
            "org.partyline.secrets.file",
            "org.partyline.secrets.keyring",
            "org.partyline.unattended");

    /** The database's operator sees the hash, and could guess a node's password with it: the rest is mostly known. */
    private static final Pattern PASSWORD = Pattern.compile("password\\s*[=:\\s].*");

    private static final String SUFFIX = ".cfg";
    private static final int LENGTH = 16;

    private SettingsDigest() {}

    /** In hex. @param etc the directory of the settings */
    public static String of(Path etc) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(etc, "org.partyline.*" + SUFFIX)) {
            all.forEach(files::add);
        }
        Collections.sort(files);
        MessageDigest hash = sha256();
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (OWN.contains(name.substring(0, name.length() - SUFFIX.length()))) {
                continue;
            }
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                    .map(line -> line.strip().replaceFirst("\\s*=\\s*", "="))
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .filter(line -> !PASSWORD.matcher(line).matches())
                    .sorted()
                    .toList();
            if (!lines.isEmpty()) {
                hash.update((name + "\n" + String.join("\n", lines) + "\n\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return HexFormat.of().formatHex(hash.digest(), 0, LENGTH);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
