import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes down which commit is built, so that two builds of one version can be told apart: of a checkout what git says, of an archive of
 * the sources what git wrote into its file COMMIT. Arguments: the root of the sources, and the file to write.
 */
public final class Commit {
    private Commit() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path sources = Path.of(arguments[0]);
        Path file = Path.of(arguments[1]);
        Files.createDirectories(file.getParent());
        Files.writeString(file, commit(sources) + "\n");
    }

    private static String commit(Path sources) throws IOException, InterruptedException {
        if (Files.exists(sources.resolve(".git"))) {
            String head = git(sources, "rev-parse", "HEAD");
            if (isCommit(head)) {
                // What git does not know of is no part of the sources.
                return head + (git(sources, "status", "--porcelain", "--untracked-files=no").isEmpty() ? "" : "+changes");
            }
        }
        Path archived = sources.resolve("COMMIT");
        String written = Files.exists(archived) ? Files.readString(archived).strip() : "";
        return isCommit(written) ? written : "unknown";
    }

    private static boolean isCommit(String text) {
        return text.matches("[0-9a-f]{40}|[0-9a-f]{64}");
    }

    private static String git(Path sources, String... words) throws InterruptedException {
        try {
            ProcessBuilder git = new ProcessBuilder("git", "-C", sources.toString());
            for (String word : words) {
                git.command().add(word);
            }
            Process process = git.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : "";
        } catch (IOException e) {
            // There is no git here.
            return "";
        }
    }
}
