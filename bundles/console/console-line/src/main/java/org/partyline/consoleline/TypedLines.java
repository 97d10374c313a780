package org.partyline.consoleline;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Iterator;
import org.jline.reader.Buffer;
import org.jline.reader.History;
import org.jline.reader.impl.BufferImpl;
import org.jline.reader.impl.KillRing;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.reader.impl.UndoTree;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wipes a line editor's copies of typed lines, which may contain message texts: history, buffer, cut text and undo
 * states. It keeps no hidden answers such as passphrases.
 */
final class TypedLines {
    private static final Logger LOG = LoggerFactory.getLogger(TypedLines.class);

    private static final String OTHER = "the line editor keeps typed text: it is not the tested version";

    private TypedLines() {}

    /**
     * Wipes all lines; text that is being typed stays. Call it from the thread that reads them, or while no thread
     * does.
     */
    static void forgetAll(LineReaderImpl reader) {
        forgetLast(reader);
        History history = reader.getHistory();
        Iterator<History.Entry> entries = history.iterator(history.first());
        while (entries.hasNext()) {
            entries.next();
            entries.remove();
        }
        history.moveToEnd();
        // There is no other access to them.
        set(reader, "killRing", new KillRing());
        set(reader, "historyBuffer", null);
        set(reader, "searchBuffer", null);
    }

    private static void forgetLast(LineReaderImpl reader) {
        // A buffer is a text with a gap at the cursor, which still contains earlier text.
        if (reader.getBuffer() instanceof BufferImpl buffer
                && get(BufferImpl.class, buffer, "buffer") instanceof int[] cells
                && get(BufferImpl.class, buffer, "g0") instanceof Integer begin
                && get(BufferImpl.class, buffer, "g1") instanceof Integer end) {
            Arrays.fill(cells, begin, end, 0);
        }
        if (get(LineReaderImpl.class, reader, "undo") instanceof UndoTree<?> undo) {
            forgetSteps(undo, reader.getBuffer().copy());
        }
    }

    @SuppressWarnings("unchecked")
    private static void forgetSteps(UndoTree<?> undo, Buffer now) {
        // As at the beginning of a line: the first undo step is the present text.
        undo.clear();
        ((UndoTree<Buffer>) undo).newState(now);
    }

    private static @Nullable Object get(Class<?> type, Object of, String name) {
        try {
            return field(type, name).get(of);
        } catch (ReflectiveOperationException e) {
            LOG.warn("{}: {}", OTHER, name);
            return null;
        }
    }

    private static void set(LineReaderImpl reader, String name, @Nullable Object value) {
        try {
            field(LineReaderImpl.class, name).set(reader, value);
        } catch (ReflectiveOperationException e) {
            LOG.warn("{}: {}", OTHER, name);
        }
    }

    private static Field field(Class<?> of, String name) throws ReflectiveOperationException {
        Field field = of.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
