package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.h2.store.fs.encrypt.FileEncrypt;
import org.h2.store.fs.encrypt.FilePathEncrypt;

/**
 * Every byte of every file in a directory, as a thief has them: files of a store also in decrypted form, with each key
 * that is in any file there.
 */
final class Haystack {
    private static final int PART = 16;
    private static final int BLOCK = 4096;
    private static final int SECTOR = 512;

    private final List<String> files = new ArrayList<>();

    private Haystack() {}

    static Haystack of(Path directory) throws IOException {
        Haystack haystack = new Haystack();
        List<Path> found;
        try (Stream<Path> paths = Files.walk(directory)) {
            found = paths.filter(Files::isRegularFile).toList();
        }
        List<byte[]> keys = new ArrayList<>();
        for (Path path : found) {
            keys.addAll(keysIn(Files.readAllBytes(path)));
        }
        for (Path path : found) {
            haystack.files.add(latin1(Files.readAllBytes(path)));
            haystack.files.add(path.toString());
            for (byte[] key : keys) {
                haystack.files.add(latin1(decrypted(path, key)));
            }
        }
        return haystack;
    }

    /**
     * The secrets of all key file slots in these bytes, at any block: sequence (8 bytes), secret (32), SHA-256 (32).
     */
    static List<byte[]> keysIn(byte[] bytes) {
        List<byte[]> keys = new ArrayList<>();
        for (int at = 0; at + 72 <= bytes.length; at += SECTOR) {
            byte[] hash = sha256(
                    "partyline/store keys".getBytes(StandardCharsets.US_ASCII), Arrays.copyOfRange(bytes, at, at + 40));
            if (Arrays.equals(hash, Arrays.copyOfRange(bytes, at + 40, at + 72))) {
                keys.add(Arrays.copyOfRange(bytes, at + 8, at + 40));
            }
        }
        return keys;
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha256.update(part);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The decrypted content of an H2 file; noise with another key. */
    private static byte[] decrypted(Path path, byte[] key) throws IOException {
        if (Files.size(path) < 2 * BLOCK) {
            return new byte[0];
        }
        byte[] password =
                FilePathEncrypt.getPasswordBytes(HexFormat.of().formatHex(key).toCharArray());
        try (FileChannel channel = FileChannel.open(path);
                FileEncrypt inside = new FileEncrypt("", password, channel)) {
            ByteBuffer content = ByteBuffer.allocate((int) (Files.size(path) / BLOCK * BLOCK) - BLOCK);
            while (content.hasRemaining() && inside.read(content, content.position()) > 0) {
                // Until the end.
            }
            return content.array();
        } catch (IOException | RuntimeException e) {
            // There is no such file.
            return new byte[0];
        }
    }

    boolean holds(byte[] needle) {
        String wanted = latin1(needle);
        return files.stream().anyMatch(file -> file.contains(wanted));
    }

    /**
     * Whether the files contain a part of it, as they do if it was compressed: compression leaves runs of up to 32
     * bytes unchanged.
     */
    boolean holdsPartOf(byte[] needle) {
        return !partsOf(List.of(needle)).isEmpty();
    }

    /** Those of which the files contain a part. */
    Set<byte[]> partsOf(Collection<byte[]> needles) {
        Map<Long, byte[]> starts = new HashMap<>();
        for (byte[] needle : needles) {
            for (int i = 0; i + PART <= needle.length; i++) {
                starts.put(ByteBuffer.wrap(needle).getLong(i), needle);
            }
        }
        Set<byte[]> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (String file : files) {
            long run = 0;
            for (int i = 0; i < file.length(); i++) {
                run = run << Byte.SIZE | file.charAt(i) & 0xff;
                byte[] needle = i < Long.BYTES - 1 ? null : starts.get(run);
                int start = i - Long.BYTES + 1;
                if (needle != null
                        && start + PART <= file.length()
                        && latin1(needle).contains(file.substring(start, start + PART))) {
                    found.add(needle);
                }
            }
        }
        return found;
    }

    /** The names of the encodings in which the files contain the secret. */
    List<String> writingsOf(byte[] secret) {
        byte[] reversed = new byte[secret.length];
        for (int i = 0; i < secret.length; i++) {
            reversed[i] = secret[secret.length - 1 - i];
        }
        String text = new String(secret, StandardCharsets.UTF_8);
        String hex = HexFormat.of().formatHex(secret);
        Map<String, byte[]> writings = new LinkedHashMap<>();
        writings.put("raw", secret);
        writings.put("reversed", reversed);
        writings.put("UTF-16BE", text.getBytes(StandardCharsets.UTF_16BE));
        writings.put("UTF-16LE", text.getBytes(StandardCharsets.UTF_16LE));
        writings.put("hex", hex.getBytes(StandardCharsets.US_ASCII));
        writings.put("HEX", hex.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
        writings.put("hex of reversed", HexFormat.of().formatHex(reversed).getBytes(StandardCharsets.US_ASCII));
        writings.put("hex as UTF-16", hex.getBytes(StandardCharsets.UTF_16LE));
        writings.put("base64", Base64.getEncoder().withoutPadding().encode(secret));
        return writings.entrySet().stream()
                .filter(writing -> holds(writing.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
