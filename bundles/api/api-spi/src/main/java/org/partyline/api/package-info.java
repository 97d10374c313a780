/** Values that every part of the system uses: networks, amounts, secrets, encodings. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api;
