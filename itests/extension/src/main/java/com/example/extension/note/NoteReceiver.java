package com.example.extension.note;

import com.example.extension.Edition;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.receive.Place;
import org.partyline.api.receive.ReadMessage;
import org.partyline.api.receive.Reading;

/** Reads notes. One of a later edition waits until the bundle is of that, too. */
@Component
public final class NoteReceiver implements PacketReceiver {
    private static final int RANK = 100;

    @Override
    public String id() {
        return "note";
    }

    @Override
    public int rank() {
        return RANK;
    }

    @Override
    public List<PacketForm> forms() {
        return List.of(Note.FORM);
    }

    @Override
    public Reading open(MetPacket packet) {
        Optional<Note> note = Note.of(packet.payload());
        if (note.isEmpty()) {
            return Reading.notMine();
        }
        if (note.get().edition() > Edition.number()) {
            return Reading.waits();
        }
        return Reading.of(new ReadMessage(
                Place.channel(note.get().channel()), "", note.get().text(), packet.met()));
    }
}
