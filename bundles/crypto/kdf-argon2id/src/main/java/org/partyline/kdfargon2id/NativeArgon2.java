package org.partyline.kdfargon2id;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.util.Optional;
import org.partyline.api.crypto.KdfParameters;

/**
 * Argon2id from the system's libargon2, Argon2's reference implementation: it is faster, its lanes run concurrently,
 * and its memory is not part of the heap and is wiped at once.
 */
final class NativeArgon2 {
    /** The name by which the system's linker knows it. */
    static final String LIBRARY = "argon2";

    private final Argon2Library library;

    private NativeArgon2(Argon2Library library) {
        this.library = library;
    }

    /** Loads the system's library with that name; empty if there is none, or if native code cannot be called. */
    static Optional<NativeArgon2> load(String name) {
        try {
            return Optional.of(new NativeArgon2(Native.load(name, Argon2Library.class)));
        } catch (LinkageError e) {
            return Optional.empty();
        }
    }

    /**
     * @param key is filled with the derived bytes
     * @return whether it succeeded; it fails, for example, if there is not enough memory
     */
    boolean derive(byte[] secret, byte[] salt, KdfParameters parameters, byte[] key) {
        // Our own memory: JNA would copy an array to memory that is not wiped.
        try (Memory in = new Memory(Math.max(1, secret.length));
                Memory out = new Memory(key.length)) {
            try {
                in.write(0, secret, 0, secret.length);
                int error = library.argon2id_hash_raw(
                        parameters.timeCost(),
                        parameters.memory(),
                        parameters.parallelism(),
                        in,
                        new NativeLong(secret.length),
                        salt,
                        new NativeLong(salt.length),
                        out,
                        new NativeLong(key.length));
                out.read(0, key, 0, key.length);
                return error == 0;
            } catch (UnsatisfiedLinkError e) {
                // Another library with this name, without the function.
                return false;
            } finally {
                in.clear();
                out.clear();
            }
        }
    }

    /** The function that is called. A size_t is as long as a long on all 64-bit systems except Windows. */
    public interface Argon2Library extends Library {
        /** See argon2.h; returns 0 or an error code. */
        int argon2id_hash_raw(
                int timeCost,
                int memoryKibibytes,
                int parallelism,
                Pointer password,
                NativeLong passwordLength,
                byte[] salt,
                NativeLong saltLength,
                Pointer hash,
                NativeLong hashLength);
    }
}
