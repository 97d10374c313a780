package org.partyline.itests.extension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/** Creates jars that differ, and their checksums. */
final class OtherBytes {
    private OtherBytes() {}

    /** Copies a bundle with different texts in some of its files. */
    static Path with(Path jar, Path copy, Map<String, String> texts) {
        try (JarFile from = new JarFile(jar.toFile());
                JarOutputStream to = new JarOutputStream(Files.newOutputStream(copy))) {
            for (Enumeration<JarEntry> all = from.entries(); all.hasMoreElements(); ) {
                JarEntry next = all.nextElement();
                to.putNextEntry(new JarEntry(next.getName()));
                String text = texts.get(next.getName());
                if (text != null) {
                    to.write(text.getBytes(StandardCharsets.UTF_8));
                } else {
                    from.getInputStream(next).transferTo(to);
                }
                to.closeEntry();
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the checksum as {@code sha256sum} prints it. */
    static String sum(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
