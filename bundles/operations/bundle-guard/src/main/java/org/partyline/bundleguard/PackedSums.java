package org.partyline.bundleguard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The SHA-256 sums of the distribution's files: a line {@code sum path} for each file below {@code system}, in the
 * format of {@code sha256sum}. The file is beside the jars that start the framework: anyone who can write there needs
 * no bundle to run code.
 */
public final class PackedSums {
    /** The path of the list in the distribution. */
    static final String PACKED = "lib/system.sha256";

    private PackedSums() {}

    /**
     * The sums in a file.
     *
     * @throws IOException if it cannot be read, or contains an invalid line
     */
    static Set<String> read(Path file) throws IOException {
        Set<String> sums = new HashSet<>();
        for (String line : Files.readAllLines(file)) {
            String sum = line.split(" ", 2)[0];
            if (!Sha256.isSum(sum)) {
                throw new IOException(file + " is not a list of SHA-256 sums: unpack the distribution again");
            }
            sums.add(sum);
        }
        return Set.copyOf(sums);
    }

    /**
     * Writes the list for a distribution that is being packed.
     *
     * @param args its directory
     */
    public static void main(String[] args) throws IOException {
        Path distribution = Path.of(args[0]);
        StringBuilder lines = new StringBuilder();
        try (Stream<Path> all = Files.walk(distribution.resolve("system"))) {
            List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
            for (Path file : files) {
                String path = distribution.relativize(file).toString().replace('\\', '/');
                lines.append(Sha256.of(file)).append("  ").append(path).append('\n');
            }
        }
        Files.writeString(distribution.resolve(PACKED), lines, StandardCharsets.UTF_8);
    }
}
