package com.example.extension.note;

import com.example.extension.Edition;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.sealing.PacketSealer;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;

/**
 * Makes notes of what is written. They are numbered, so that no two are alike; where it does not know the last number it begins with one that nobody can
 * have had. A sealer of secrets would use a key in the place of the number.
 */
@Component
public final class NoteSealer implements PacketSealer {
    private final SecureRandom random = new SecureRandom();

    @Override
    public String id() {
        return "note";
    }

    @Override
    public Sealed seal(WrittenMessage message) {
        byte[] state = message.state().expose();
        int number = state.length == Integer.BYTES ? ByteBuffer.wrap(state).getInt() + 1 : random.nextInt();
        byte[] note = new Note(Edition.number(), number, message.channel(), message.text()).bytes();
        if (note.length > Note.MOST || !message.room().holds(note)) {
            return Sealed.waits("a shorter text, or for nodes that carry a note of " + note.length + " bytes");
        }
        return Sealed.of(
                List.of(note), ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }
}
