BEGIN TRANSACTION;
CREATE TABLE events (
	session_id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	turn_id TEXT NOT NULL, 
	payload JSON NOT NULL, 
	created_at TEXT NOT NULL, 
	PRIMARY KEY (session_id, seq), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);
INSERT INTO "events" VALUES('a1',1,'message','t1','{"kind": "message", "turn_id": "t1", "text": "crime, or com\u00e9die \ud83c\udfac", "update": {"intents": [], "add": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "remove": [], "reset": false, "undo": 0, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "lexical"}}','2026-11-26T11:31:13.228+00:00');
INSERT INTO "events" VALUES('a1',2,'reply','t1','{"kind": "reply", "turn_id": "t1", "reply": {"session_id": "a1", "turn_id": "t1", "text": "Voil\u00e0 \u2014 7 films.", "action": {"kind": "answer", "topic": "fact"}, "recommendations": [], "preferences": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "relaxed": [], "degraded": [], "question": null, "missing_titles": [], "language": "en", "table": null, "remembered": [], "remembered_text": "", "adventure": null, "run": {"timings_ms": {}, "model": {}, "prompts": {}, "index": {}, "variety": {}, "config_hash": "", "version": ""}}}','2026-11-26T11:31:13.228+00:00');
INSERT INTO "events" VALUES('a1',3,'feedback','t2','{"kind": "feedback", "turn_id": "t2", "item_id": "tt1", "title": "Alien", "feedback": "like", "propensity": 0.25}','2026-11-26T11:31:13.231+00:00');
INSERT INTO "events" VALUES('a1',4,'edit','t3','{"kind": "edit", "turn_id": "t3", "update": {"intents": [], "add": [], "remove": [], "reset": false, "undo": 1, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "door"}}','2026-11-26T11:31:13.231+00:00');
INSERT INTO "events" VALUES('b1',1,'message','t1','{"kind": "message", "turn_id": "t1", "text": "crime, or com\u00e9die \ud83c\udfac", "update": {"intents": [], "add": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "remove": [], "reset": false, "undo": 0, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "lexical"}}','2026-11-26T11:31:13.238+00:00');
INSERT INTO "events" VALUES('b1',2,'reply','t1','{"kind": "reply", "turn_id": "t1", "reply": {"session_id": "b1", "turn_id": "t1", "text": "Voil\u00e0 \u2014 7 films.", "action": {"kind": "answer", "topic": "fact"}, "recommendations": [], "preferences": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "relaxed": [], "degraded": [], "question": null, "missing_titles": [], "language": "en", "table": null, "remembered": [], "remembered_text": "", "adventure": null, "run": {"timings_ms": {}, "model": {}, "prompts": {}, "index": {}, "variety": {}, "config_hash": "", "version": ""}}}','2026-11-26T11:31:13.238+00:00');
INSERT INTO "events" VALUES('b1',3,'feedback','t2','{"kind": "feedback", "turn_id": "t2", "item_id": "tt1", "title": "Alien", "feedback": "like", "propensity": 0.25}','2026-11-26T11:31:13.239+00:00');
INSERT INTO "events" VALUES('b1',4,'edit','t3','{"kind": "edit", "turn_id": "t3", "update": {"intents": [], "add": [], "remove": [], "reset": false, "undo": 1, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "door"}}','2026-11-26T11:31:13.239+00:00');
INSERT INTO "events" VALUES('n1',1,'message','t1','{"kind": "message", "turn_id": "t1", "text": "crime, or com\u00e9die \ud83c\udfac", "update": {"intents": [], "add": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "remove": [], "reset": false, "undo": 0, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "lexical"}}','2026-11-26T11:31:13.251+00:00');
INSERT INTO "events" VALUES('n1',2,'reply','t1','{"kind": "reply", "turn_id": "t1", "reply": {"session_id": "n1", "turn_id": "t1", "text": "Voil\u00e0 \u2014 7 films.", "action": {"kind": "answer", "topic": "fact"}, "recommendations": [], "preferences": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "relaxed": [], "degraded": [], "question": null, "missing_titles": [], "language": "en", "table": null, "remembered": [], "remembered_text": "", "adventure": null, "run": {"timings_ms": {}, "model": {}, "prompts": {}, "index": {}, "variety": {}, "config_hash": "", "version": ""}}}','2026-11-26T11:31:13.251+00:00');
INSERT INTO "events" VALUES('n1',3,'feedback','t2','{"kind": "feedback", "turn_id": "t2", "item_id": "tt1", "title": "Alien", "feedback": "like", "propensity": 0.25}','2026-11-26T11:31:13.255+00:00');
INSERT INTO "events" VALUES('n1',4,'edit','t3','{"kind": "edit", "turn_id": "t3", "update": {"intents": [], "add": [], "remove": [], "reset": false, "undo": 1, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "door"}}','2026-11-26T11:31:13.255+00:00');
CREATE TABLE impressions (
	session_id TEXT NOT NULL, 
	turn_id TEXT NOT NULL, 
	payload JSON NOT NULL, 
	created_at TEXT NOT NULL, 
	PRIMARY KEY (session_id, turn_id), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);
INSERT INTO "impressions" VALUES('a1','t1','{"session_id": "a1", "turn_id": "t1", "at": "2026-01-01T00:00:00+00:00", "policy": "plackett_luce", "policy_hash": "", "ranker_hash": "", "seed": 140737488355329, "query": "Voil\u00e0 \u2014 noir", "query_hash": "", "hard": 0, "soft": 0, "candidates": [{"item_id": "i1", "features": {"final": 0.30000000000000004, "dense": -1e-09}, "chances": [0.3333333333333333, 0.6666666666666666]}, {"item_id": "i2", "features": {"final": 0.30000000000000004, "dense": -1e-09}, "chances": [0.3333333333333333, 0.6666666666666666]}], "shown": ["i1", "i2"], "propensities": [0.3333333333333333, 0.6666666666666666], "list_chance": 0.3333333333333333}','2026-01-01T00:00:00+00:00');
CREATE TABLE memory_events (
	user_id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	taste TEXT, 
	payload JSON NOT NULL, 
	created_at TEXT NOT NULL, 
	PRIMARY KEY (user_id, seq)
);
INSERT INTO "memory_events" VALUES('ada',1,'consent',NULL,'{"kind": "consent", "at": "2026-01-01T00:00:00+00:00"}','2026-11-26T11:31:13.259+00:00');
INSERT INTO "memory_events" VALUES('ada',2,'seen','t1','{"kind": "seen", "at": "2026-01-01T00:00:00+00:00", "taste": "t1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "strength": 0.5, "source": "lasting", "session_id": "a1", "quote": "I love it"}','2026-11-26T11:31:13.263+00:00');
CREATE TABLE palate_schema (
	version INTEGER NOT NULL
);
INSERT INTO "palate_schema" VALUES(3);
CREATE TABLE sessions (
	session_id TEXT NOT NULL, 
	user_id TEXT, 
	created_at TEXT NOT NULL, 
	PRIMARY KEY (session_id)
);
INSERT INTO "sessions" VALUES('a1','ada','2026-11-26T11:31:13.220+00:00');
INSERT INTO "sessions" VALUES('b1','bob','2026-11-26T11:31:13.233+00:00');
INSERT INTO "sessions" VALUES('n1',NULL,'2026-11-26T11:31:13.247+00:00');
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_impressions_created_at ON impressions (created_at);
COMMIT;
