package org.partyline.hooks;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import org.partyline.api.PartylineException;

/** Checks a file that the server starts: only the server's user and root may be able to change it, or its path. */
final class ProgramFile {
    private static final int WRITABLE_BY_OTHERS = 022;
    /** In a directory with this bit, such as /tmp, only the owner of a file can replace it. */
    private static final int STICKY = 01000;

    /** The mode bits of a file's type, and of a symbolic link, whose permissions are ignored. */
    private static final int TYPE = 0170000;

    private static final int LINK = 0120000;
    /** Linux's own limit. */
    private static final int MOST_LINKS = 40;

    private ProgramFile() {}

    /** @throws PartylineException why it must not be started, and what to do */
    static void check(Path program) throws PartylineException {
        if (!program.isAbsolute()) {
            throw new PartylineException(
                    "the program " + program + " must be an absolute path, such as /usr/local/bin/alert");
        }
        try {
            Path real = walk(program).toRealPath();
            if (!Files.isRegularFile(real) || !Files.isExecutable(real)) {
                throw new PartylineException(
                        program + " is not an executable file: check the path, or run chmod u+x on it");
            }
            requirePrivate(program, real, false);
        } catch (IOException e) {
            throw new PartylineException(
                    "there is no program " + program + ", or the server cannot read it: check the path", e);
        }
    }

    /** Checks each directory and link of the path, as the system follows them. @return the file that is started */
    private static Path walk(Path program) throws PartylineException, IOException {
        Deque<Path> rest = new ArrayDeque<>();
        program.forEach(rest::add);
        Path at = program.getRoot();
        for (int links = 0; !rest.isEmpty(); ) {
            requirePrivate(program, at, true);
            Path next = at.resolve(rest.pop()).normalize();
            if (!Files.isSymbolicLink(next)) {
                at = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new FileSystemLoopException(program.toString());
            }
            requirePrivate(program, next, true);
            Path target = Files.readSymbolicLink(next);
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                rest.push(target.getName(i));
            }
            at = target.isAbsolute() ? target.getRoot() : at;
        }
        return at;
    }

    private static void requirePrivate(Path program, Path part, boolean directory)
            throws PartylineException, IOException {
        Map<String, Object> found = Files.readAttributes(part, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) Objects.requireNonNull(found.get("mode"));
        boolean open =
                (mode & TYPE) != LINK && (mode & WRITABLE_BY_OTHERS) != 0 && !(directory && (mode & STICKY) != 0);
        if (open) {
            throw new PartylineException(
                    program + " is refused, because its group or others can change " + part + ": run chmod go-w on it");
        }
        int owner = (Integer) Objects.requireNonNull(found.get("uid"));
        if (owner != 0 && owner != self()) {
            throw new PartylineException(program + " is refused, because another user owns " + part
                    + ": give it to root or to the server's user");
        }
    }

    private static int self() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }
}
