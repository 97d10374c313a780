package org.partyline.storejdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** An H2 file system over that of the product, which calls a test before each change of a file. */
public final class HookedDisk extends FilePathWrapper {
    /** Called before a file is changed. */
    @FunctionalInterface
    interface Hook {
        /**
         * @param what write, force, truncate, move or delete
         * @throws IOException to make the change fail
         */
        void before(String what) throws IOException;
    }

    static final IOException FULL = new IOException("No space left on device");

    private static volatile Hook hook = what -> {};

    static {
        FilePath.register(new HookedDisk());
    }

    /** The name of this file system in a database URL. A method, since a constant would not load this class. */
    static String prefix() {
        return "hooked:async:";
    }

    static void hook(Hook next) {
        hook = next;
    }

    @Override
    public String getScheme() {
        return "hooked";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new Hooked(super.open(mode));
    }

    @Override
    public void moveTo(FilePath newName, boolean atomicReplace) {
        ask("move");
        super.moveTo(newName, atomicReplace);
    }

    @Override
    public void delete() {
        ask("delete");
        super.delete();
    }

    private static void ask(String what) {
        try {
            hook.before(what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Hooked extends FileBase {
        private final FileChannel below;

        Hooked(FileChannel below) {
            this.below = below;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return below.read(target);
        }

        @Override
        public synchronized int read(ByteBuffer target, long position) throws IOException {
            return below.read(target, position);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            hook.before("write");
            return below.write(source);
        }

        @Override
        public synchronized int write(ByteBuffer source, long position) throws IOException {
            try {
                hook.before("write");
            } catch (TornWrite e) {
                below.write(source.slice(0, source.remaining() / 2), position);
                Runtime.getRuntime().halt(CrashChild.HALTED);
            }
            return below.write(source, position);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            hook.before("force");
            below.force(metaData);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            hook.before("truncate");
            below.truncate(size);
            return this;
        }

        @Override
        public long position() throws IOException {
            return below.position();
        }

        @Override
        public FileChannel position(long newPosition) throws IOException {
            below.position(newPosition);
            return this;
        }

        @Override
        public long size() throws IOException {
            return below.size();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return below.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            below.close();
        }
    }

    /** Thrown by a hook to halt the process in the middle of a write. */
    static final class TornWrite extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
