import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts files into a directory, which is given first, with their SHA-256 sums in a file beside them. Where one of them is missing, as the
 * bill of materials of an offline build is, nothing is handed out, and nothing of an earlier build either.
 */
final class HandedOut {
    private HandedOut() {}

    public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        try (Stream<Path> earlier = Files.list(directory)) {
            for (Path file : earlier.toList()) {
                Files.delete(file);
            }
        }
        List<String> missing = Stream.of(arguments)
                .skip(1)
                .filter(file -> Files.notExists(Path.of(file)))
                .toList();
        if (!missing.isEmpty()) {
            System.err.println("Warning: nothing is handed out in " + directory + ", as there is no "
                    + String.join(", ", missing) + ": build without -o.");
            return;
        }
        StringBuilder sums = new StringBuilder();
        for (int i = 1; i < arguments.length; i++) {
            Path from = Path.of(arguments[i]);
            Path file = directory.resolve(from.getFileName());
            Files.deleteIfExists(file);
            try {
                Files.createLink(file, from);
            } catch (IOException | UnsupportedOperationException e) {
                // A file system without hard links.
                Files.copy(from, file, StandardCopyOption.REPLACE_EXISTING);
            }
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            sums.append(HexFormat.of().formatHex(sum)).append("  ").append(file.getFileName()).append('\n');
        }
        Files.writeString(directory.resolve("SHA256SUMS"), sums);
    }
}
