package org.partyline.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * Reads the files under {@code src/test/resources/vectors}: fields separated by vertical bars, "-" for an empty one.
 */
public final class Vectors {
    private Vectors() {}

    /**
     * Returns the lines of a file, without comments. @param file its name; if it ends in {@code .gz}, it is unpacked
     */
    public static List<String[]> read(String file) {
        try (InputStream raw = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + file), file);
                InputStream in = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parses a field in hex. */
    public static byte[] bytes(String field) {
        return field.equals("-") ? new byte[0] : HexFormat.of().parseHex(field);
    }
}
