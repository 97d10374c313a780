/** Cover traffic: packets leave in slots of a random process, as messages or decoys. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.cover;
