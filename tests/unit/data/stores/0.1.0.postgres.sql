CREATE TABLE public.events (
    session_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    turn_id text NOT NULL,
    payload json NOT NULL,
    created_at text NOT NULL
);
CREATE TABLE public.impressions (
    session_id text NOT NULL,
    turn_id text NOT NULL,
    payload json NOT NULL,
    created_at text NOT NULL
);
CREATE TABLE public.memory_events (
    user_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    taste text,
    payload json NOT NULL,
    created_at text NOT NULL
);
CREATE TABLE public.palate_schema (
    version integer NOT NULL
);
CREATE TABLE public.sessions (
    session_id text NOT NULL,
    user_id text,
    created_at text NOT NULL
);
INSERT INTO public.events VALUES ('a1', 1, 'message', 't1', '{"kind": "message", "turn_id": "t1", "text": "crime, or com\u00e9die \ud83c\udfac", "update": {"intents": [], "add": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "remove": [], "reset": false, "undo": 0, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "lexical"}}', '2026-11-26T11:31:18.467+00:00');
INSERT INTO public.events VALUES ('a1', 2, 'reply', 't1', '{"kind": "reply", "turn_id": "t1", "reply": {"session_id": "a1", "turn_id": "t1", "text": "Voil\u00e0 \u2014 7 films.", "action": {"kind": "answer", "topic": "fact"}, "recommendations": [], "preferences": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "relaxed": [], "degraded": [], "question": null, "missing_titles": [], "language": "en", "table": null, "remembered": [], "remembered_text": "", "adventure": null, "run": {"timings_ms": {}, "model": {}, "prompts": {}, "index": {}, "variety": {}, "config_hash": "", "version": ""}}}', '2026-11-26T11:31:18.467+00:00');
INSERT INTO public.events VALUES ('a1', 3, 'feedback', 't2', '{"kind": "feedback", "turn_id": "t2", "item_id": "tt1", "title": "Alien", "feedback": "like", "propensity": 0.25}', '2026-11-26T11:31:18.472+00:00');
INSERT INTO public.events VALUES ('a1', 4, 'edit', 't3', '{"kind": "edit", "turn_id": "t3", "update": {"intents": [], "add": [], "remove": [], "reset": false, "undo": 1, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "door"}}', '2026-11-26T11:31:18.472+00:00');
INSERT INTO public.events VALUES ('b1', 1, 'message', 't1', '{"kind": "message", "turn_id": "t1", "text": "crime, or com\u00e9die \ud83c\udfac", "update": {"intents": [], "add": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "remove": [], "reset": false, "undo": 0, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "lexical"}}', '2026-11-26T11:31:18.475+00:00');
INSERT INTO public.events VALUES ('b1', 2, 'reply', 't1', '{"kind": "reply", "turn_id": "t1", "reply": {"session_id": "b1", "turn_id": "t1", "text": "Voil\u00e0 \u2014 7 films.", "action": {"kind": "answer", "topic": "fact"}, "recommendations": [], "preferences": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "relaxed": [], "degraded": [], "question": null, "missing_titles": [], "language": "en", "table": null, "remembered": [], "remembered_text": "", "adventure": null, "run": {"timings_ms": {}, "model": {}, "prompts": {}, "index": {}, "variety": {}, "config_hash": "", "version": ""}}}', '2026-11-26T11:31:18.475+00:00');
INSERT INTO public.events VALUES ('b1', 3, 'feedback', 't2', '{"kind": "feedback", "turn_id": "t2", "item_id": "tt1", "title": "Alien", "feedback": "like", "propensity": 0.25}', '2026-11-26T11:31:18.477+00:00');
INSERT INTO public.events VALUES ('b1', 4, 'edit', 't3', '{"kind": "edit", "turn_id": "t3", "update": {"intents": [], "add": [], "remove": [], "reset": false, "undo": 1, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "door"}}', '2026-11-26T11:31:18.477+00:00');
INSERT INTO public.events VALUES ('n1', 1, 'message', 't1', '{"kind": "message", "turn_id": "t1", "text": "crime, or com\u00e9die \ud83c\udfac", "update": {"intents": [], "add": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "remove": [], "reset": false, "undo": 0, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "lexical"}}', '2026-11-26T11:31:18.479+00:00');
INSERT INTO public.events VALUES ('n1', 2, 'reply', 't1', '{"kind": "reply", "turn_id": "t1", "reply": {"session_id": "n1", "turn_id": "t1", "text": "Voil\u00e0 \u2014 7 films.", "action": {"kind": "answer", "topic": "fact"}, "recommendations": [], "preferences": [{"id": "p1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "hard": false, "strength": 0.5, "turn_id": "t1", "quote": "\"noir\"\n", "scope": "session", "certainty": 1.0, "origin": "said"}], "relaxed": [], "degraded": [], "question": null, "missing_titles": [], "language": "en", "table": null, "remembered": [], "remembered_text": "", "adventure": null, "run": {"timings_ms": {}, "model": {}, "prompts": {}, "index": {}, "variety": {}, "config_hash": "", "version": ""}}}', '2026-11-26T11:31:18.479+00:00');
INSERT INTO public.events VALUES ('n1', 3, 'feedback', 't2', '{"kind": "feedback", "turn_id": "t2", "item_id": "tt1", "title": "Alien", "feedback": "like", "propensity": 0.25}', '2026-11-26T11:31:18.481+00:00');
INSERT INTO public.events VALUES ('n1', 4, 'edit', 't3', '{"kind": "edit", "turn_id": "t3", "update": {"intents": [], "add": [], "remove": [], "reset": false, "undo": 1, "seen_ids": [], "reject_ids": [], "accept_ids": [], "referred_ids": [], "missing_titles": [], "question": null, "adventure": null, "ask_no_more": null, "not_now": false, "k": null, "unclear": "", "contradictions": [], "language": "", "memory": null, "use_memory": null, "source": "door"}}', '2026-11-26T11:31:18.481+00:00');
INSERT INTO public.impressions VALUES ('a1', 't1', '{"session_id": "a1", "turn_id": "t1", "at": "2026-01-01T00:00:00+00:00", "policy": "plackett_luce", "policy_hash": "", "ranker_hash": "", "seed": 140737488355329, "query": "Voil\u00e0 \u2014 noir", "query_hash": "", "hard": 0, "soft": 0, "candidates": [{"item_id": "i1", "features": {"final": 0.30000000000000004, "dense": -1e-09}, "chances": [0.3333333333333333, 0.6666666666666666]}, {"item_id": "i2", "features": {"final": 0.30000000000000004, "dense": -1e-09}, "chances": [0.3333333333333333, 0.6666666666666666]}], "shown": ["i1", "i2"], "propensities": [0.3333333333333333, 0.6666666666666666], "list_chance": 0.3333333333333333}', '2026-01-01T00:00:00+00:00');
INSERT INTO public.memory_events VALUES ('ada', 1, 'consent', NULL, '{"kind": "consent", "at": "2026-01-01T00:00:00+00:00"}', '2026-11-26T11:31:18.482+00:00');
INSERT INTO public.memory_events VALUES ('ada', 2, 'seen', 't1', '{"kind": "seen", "at": "2026-01-01T00:00:00+00:00", "taste": "t1", "attribute": "genres", "op": "in", "value": ["Crime", "Com\u00e9die"], "label": "", "polarity": "like", "strength": 0.5, "source": "lasting", "session_id": "a1", "quote": "I love it"}', '2026-11-26T11:31:18.485+00:00');
INSERT INTO public.palate_schema VALUES (3);
INSERT INTO public.sessions VALUES ('a1', 'ada', '2026-11-26T11:31:18.456+00:00');
INSERT INTO public.sessions VALUES ('b1', 'bob', '2026-11-26T11:31:18.473+00:00');
INSERT INTO public.sessions VALUES ('n1', NULL, '2026-11-26T11:31:18.477+00:00');
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (session_id, seq);
ALTER TABLE ONLY public.impressions
    ADD CONSTRAINT impressions_pkey PRIMARY KEY (session_id, turn_id);
ALTER TABLE ONLY public.memory_events
    ADD CONSTRAINT memory_events_pkey PRIMARY KEY (user_id, seq);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (session_id);
CREATE INDEX ix_impressions_created_at ON public.impressions USING btree (created_at);
CREATE INDEX ix_sessions_user_id ON public.sessions USING btree (user_id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(session_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.impressions
    ADD CONSTRAINT impressions_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(session_id) ON DELETE CASCADE;
