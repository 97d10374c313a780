package org.partyline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Reads the files under {@code src/test/resources/vectors}: fields between bars, "-" for an empty one. */
public final class Vectors {
    private Vectors() {}

    /** The lines of a file, without remarks. @param file its name */
    public static List<String[]> read(String file) {
        try {
            Path path = Path.of(Objects.requireNonNull(Vectors.class.getResource("/vectors/" + file), file)
                    .toURI());
            return Files.readAllLines(path).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A field in hex. */
    public static byte[] bytes(String field) {
        return field.equals("-") ? new byte[0] : HexFormat.of().parseHex(field);
    }
}
