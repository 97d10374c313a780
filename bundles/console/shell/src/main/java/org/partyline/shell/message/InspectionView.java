package org.partyline.shell.message;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.Inspection;
import org.partyline.api.json.Json;

record InspectionView(
        @Nullable Integer output,
        int bytes,
        String verdict,
        @Nullable String channel,
        com.fasterxml.jackson.databind.@Nullable JsonNode packet) {
    static InspectionView of(Inspection inspection) {
        return new InspectionView(
                inspection.output() < 0 ? null : inspection.output(),
                inspection.bytes(),
                inspection.verdict(),
                inspection.channel().orElse(null),
                inspection.json().map(Json::read).orElse(null));
    }
}
