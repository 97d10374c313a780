package org.partyline.shell.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** Identifies the build by its commit: two builds may have the same version. */
record Build(String version, Optional<String> commit) {
    private static final int SHORT = 12;

    /** Returns the build of the running distribution. */
    static Build ofThis() {
        Bundle bundle = FrameworkUtil.getBundle(Build.class);
        return of(bundle == null ? "unknown" : bundle.getVersion().toString(), System.getProperty("karaf.home"));
    }

    /** @param distribution null if there is none */
    static Build of(String version, String distribution) {
        if (distribution == null) {
            return new Build(version, Optional.empty());
        }
        try {
            String commit =
                    Files.readString(Path.of(distribution, "lib", "commit")).strip();
            return new Build(
                    version, Optional.of(commit).filter(known -> known.matches("[0-9a-f]{40,64}(\\+changes)?")));
        } catch (IOException e) {
            return new Build(version, Optional.empty());
        }
    }

    /** Returns the text, such as {@code 0.1.0, commit 0123456789ab}. */
    String text() {
        return version
                + commit.map(known -> ", commit " + known.substring(0, SHORT)
                                + (known.contains("+") ? known.substring(known.indexOf('+')) : ""))
                        .orElse("");
    }
}
