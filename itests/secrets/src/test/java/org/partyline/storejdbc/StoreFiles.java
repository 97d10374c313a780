package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.h2.store.fs.encrypt.FileEncrypt;
import org.h2.store.fs.encrypt.FilePathEncrypt;

/** Every byte of a store's files as a person with all of them can read it, including space that H2 no longer uses. */
public final class StoreFiles {
    private static final int BLOCK = 4096;
    private static final int SECTOR = 512;
    private static final byte[] LABEL = "partyline/store keys".getBytes(StandardCharsets.US_ASCII);

    private StoreFiles() {}

    /** Returns the files' contents, as they are and as decrypted with the available keys. */
    public static List<String> contents(Path store) throws IOException {
        List<byte[]> keys = new ArrayList<>();
        List<Path> found;
        try (Stream<Path> files = Files.list(store)) {
            found = files.filter(Files::isRegularFile).toList();
        }
        List<String> contents = new ArrayList<>();
        for (Path file : found) {
            byte[] raw = Files.readAllBytes(file);
            keys.addAll(keysIn(raw));
            contents.add(new String(raw, StandardCharsets.ISO_8859_1));
        }
        for (Path file : found) {
            for (byte[] key : keys) {
                contents.add(decrypted(file, key));
            }
        }
        return contents;
    }

    /** Returns the keys of store files in these bytes, which may be those of a whole disk. */
    public static List<byte[]> keysIn(byte[] bytes) {
        List<byte[]> keys = new ArrayList<>();
        for (int at = 0; at + 72 <= bytes.length; at += SECTOR) {
            MessageDigest sha256 = sha256();
            sha256.update(LABEL);
            sha256.update(bytes, at, 40);
            if (Arrays.equals(sha256.digest(), Arrays.copyOfRange(bytes, at + 40, at + 72))) {
                keys.add(Arrays.copyOfRange(bytes, at + 8, at + 40));
            }
        }
        return keys;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String decrypted(Path file, byte[] key) throws IOException {
        byte[] password =
                FilePathEncrypt.getPasswordBytes(HexFormat.of().formatHex(key).toCharArray());
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < 2 * BLOCK) {
                return "";
            }
            ByteBuffer content = ByteBuffer.allocate((int) (channel.size() / BLOCK * BLOCK) - BLOCK);
            try (FileEncrypt inside = new FileEncrypt("", password, channel)) {
                while (content.hasRemaining() && inside.read(content, content.position()) > 0) {
                    // Until the end.
                }
            }
            return new String(content.array(), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
